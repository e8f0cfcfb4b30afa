package dev.ebb.router.app.platform;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds in a function's log why it ended. */
final class LogTail {
  private static final int BYTES_MAX = 16 * 1024;
  private static final String START_FAILURE = "cannot start";

  private LogTail() {}

  /** Length of a log; 0 when there is none. */
  static long length(Path log) {
    try {
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * The line that says why: the function's own sentence where it wrote one, else its last error, else its last line.
   *
   * @param from length of the log when the process was started
   */
  static String reason(Path log, long from) {
    List<String> lines = lines(log, from);
    return last(lines, START_FAILURE)
        .or(() -> last(lines, "ERROR"))
        .or(() -> beforeLauncher(lines))
        .or(() -> last(lines, ""))
        .orElse("it wrote nothing to " + log);
  }

  /** Java's launcher says first what is wrong, and last that something is. */
  private static Optional<String> beforeLauncher(List<String> lines) {
    boolean launcher = lines.stream().anyMatch(line -> line.contains("Could not create the Java Virtual Machine"));
    return launcher ? Optional.of(lines.getFirst()) : Optional.empty();
  }

  private static Optional<String> last(List<String> lines, String word) {
    return lines.stream().filter(line -> line.contains(word)).reduce((a, b) -> b).map(line -> line.substring(
        word.isEmpty() ? 0 : Math.max(0, line.indexOf(word))));
  }

  private static List<String> lines(Path log, long from) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long size = file.length();
      // Somebody may have cut it meanwhile, as who rotates logs does.
      long begin = Math.max(from > size ? 0 : from, size - BYTES_MAX);
      file.seek(begin);
      byte[] bytes = new byte[(int) (size - begin)];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    } catch (IOException e) {
      return List.of("its log cannot be read: " + e.getMessage());
    }
  }
}
