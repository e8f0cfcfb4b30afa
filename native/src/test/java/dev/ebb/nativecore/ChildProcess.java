package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A {@code main} of the tests in a process of its own, since the native library reads its environment once. */
final class ChildProcess {
  private ChildProcess() {}

  /** Runs it with these variables besides; what it wrote, its log as well, line by line. It must end with 0. */
  static List<String> run(Class<?> program, Map<String, String> environment) throws IOException, InterruptedException {
    ProcessBuilder child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), program.getName());
    child.environment().putAll(environment);
    Process process = child.redirectErrorStream(true).start();
    List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    assertEquals(0, process.waitFor(), lines.toString());
    return lines;
  }
}
