package dev.ebb.cli;

import dev.ebb.cli.term.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

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
    throw new ParameterException(spec.commandLine(),
        "which command of " + String.join(", ", spec.subcommands().keySet()) + "?");
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
        .addSubcommand(new DeployCommand(context))
        .addSubcommand(new UndeployCommand(context))
        .addSubcommand(new BatchCommand(context))
        .addSubcommand(new VersionCommand(context));
    // The launcher says so when it was started as the plugin of kn.
    line.setCommandName(System.getProperty("ebb.command", "ebb"));
    line.setOut(new PrintWriter(context.out(), true));
    line.setErr(new PrintWriter(context.err(), true));
    line.setExecutionExceptionHandler((failure, command, result) -> report(failure, context));
    line.setParameterExceptionHandler((failure, words) -> reportUsage(failure, context));
    return line;
  }

  /** The whole usage would push the one line that matters off the screen. */
  private static int reportUsage(ParameterException failure, Context context) {
    CommandLine command = failure.getCommandLine();
    context.err().println("ebb: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    context.err().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int report(Exception failure, Context context) {
    PrintStream err = context.err();
    if (context.env().containsKey("EBB_DEBUG")) {
      failure.printStackTrace(err);
    }
    err.println("ebb: " + sentence(failure, context));
    return failure instanceof InterruptedException ? INTERRUPTED : FAILED;
  }

  /** Whether it failed on the folders of Ebb's state, or on the way to them. */
  private static boolean isHome(FileSystemException failure, EbbHome home) {
    if (failure.getFile() == null) {
      return false;
    }
    Path path = Path.of(failure.getFile()).toAbsolutePath();
    boolean onlyMissing = failure instanceof NoSuchFileException;
    return Stream.of(home.models(), home.data())
        .filter(own -> own.startsWith(path) || path.startsWith(own))
        .anyMatch(own -> !(onlyMissing && Files.isWritable(own)));
  }

  private static String words(FileSystemException failure) {
    return switch (failure) {
      case AccessDeniedException e -> "permission denied";
      case NoSuchFileException e -> "it cannot be made";
      case FileAlreadyExistsException e -> "it is no folder";
      default -> failure.getClass().getSimpleName();
    };
  }

  private static String sentence(Exception failure, Context context) {
    if (failure instanceof InterruptedException) {
      return "interrupted";
    }
    Throwable told = failure instanceof UncheckedIOException unchecked ? unchecked.getCause() : failure;
    if (told instanceof FileSystemException file && isHome(file, context.home())) {
      String reason = file.getReason() == null ? words(file) : file.getReason();
      return "cannot write " + file.getFile() + " (" + reason + "); set EBB_HOME to a folder that can be written";
    }
    String message = told.getMessage();
    if (told instanceof CliException || (told instanceof IOException && message != null && message.contains(" "))) {
      return message;
    }
    return told.getClass().getSimpleName() + (message == null ? "" : ": " + message) + " (EBB_DEBUG=1 shows more)";
  }
}
