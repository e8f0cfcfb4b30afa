package dev.ebb.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The outcome of an outside program.
 *
 * @param output standard output and error together
 */
public record Command(int exitCode, String output) {

  /** Runs a program to its end. */
  public static Command run(long timeoutSeconds, List<String> words) {
    return run(timeoutSeconds, new ProcessBuilder(words));
  }

  /** Runs a prepared program to its end; it is killed when it takes longer than the limit. */
  public static Command run(long timeoutSeconds, ProcessBuilder builder) {
    try {
      Path log = Files.createTempFile(Workspace.target("commands"), "command", ".txt");
      Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(builder.command() + " took over " + timeoutSeconds + " s:\n"
            + Files.readString(log));
      }
      return new Command(process.exitValue(), Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** This outcome, when the program succeeded. */
  public Command expectSuccess() {
    if (exitCode != 0) {
      throw new IllegalStateException("exit code " + exitCode + ":\n" + output);
    }
    return this;
  }
}
