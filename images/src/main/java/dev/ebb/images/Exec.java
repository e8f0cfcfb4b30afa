package dev.ebb.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs another program to its end. */
final class Exec {
  private Exec() {}

  /**
   * What it wrote, errors too.
   *
   * @throws IOException with all that when it ended otherwise than with 0
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    return run(command, null, 0);
  }

  /**
   * @param environment all variables that it gets, or null for ours
   * @param exit status that it must end with
   * @throws IOException with all that it wrote when it ended with another
   */
  static String run(List<String> command, Map<String, String> environment, int exit)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (environment != null) {
      builder.environment().clear();
      builder.environment().putAll(environment);
    }
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != exit) {
      throw new IOException("ended with " + status + " where " + exit + " was due: " + String.join(" ", command)
          + "\n" + output);
    }
    return output;
  }
}
