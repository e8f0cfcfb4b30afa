package dev.ebb.cli;

import dev.ebb.cli.term.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code ebb} command. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
@Command(name = "ebb", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true, versionProvider = Version.class,
    description = "Run large language models as functions: awake only while there is work.",
    footer = {"", "EBB_DEBUG=1 shows the stack trace of an error. State lies under EBB_HOME."})
public final class Ebb implements Runnable {
  static final int FAILED = 1;
  static final int INTERRUPTED = 130;

  @Spec CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(new Context(System.getenv(), Terminal.system(), System.in), arguments));
  }

  /** Runs one command line; the exit status. */
  static int run(Context context, String... arguments) {
    return commandLine(context).execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static CommandLine commandLine(Context context) {
    CommandLine line = new CommandLine(new Ebb())
        .addSubcommand(new UpCommand(context))
        .addSubcommand(new ModelCommand(context))
        .addSubcommand(new ChatCommand(context))
        .addSubcommand(new GenerateCommand(context))
        .addSubcommand(new StatusCommand(context))
        .addSubcommand(new DoctorCommand(context))
        .addSubcommand(new RenderCommand(context))
        .addSubcommand(new VersionCommand(context));
    line.setOut(new PrintWriter(context.out(), true));
    line.setErr(new PrintWriter(context.err(), true));
    line.setExecutionExceptionHandler((failure, command, result) -> report(failure, context));
    return line;
  }

  private static int report(Exception failure, Context context) {
    PrintStream err = context.err();
    if (context.env().containsKey("EBB_DEBUG")) {
      failure.printStackTrace(err);
    }
    err.println("ebb: " + sentence(failure));
    return failure instanceof InterruptedException ? INTERRUPTED : FAILED;
  }

  private static String sentence(Exception failure) {
    if (failure instanceof InterruptedException) {
      return "interrupted";
    }
    Throwable told = failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
    String message = told.getMessage();
    if (told instanceof CliException || (told instanceof IOException && message != null && message.contains(" "))) {
      return message;
    }
    return told.getClass().getSimpleName() + (message == null ? "" : ": " + message) + " (EBB_DEBUG=1 shows more)";
  }
}
