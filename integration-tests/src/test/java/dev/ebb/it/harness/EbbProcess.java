package dev.ebb.it.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A live process of the distribution, seen through {@code /proc}.
 *
 * @param kind {@code router}, {@code prefill}, {@code decode}, or {@code cli} for the command itself
 * @param port the HTTP port of a function, 0 for others
 */
public record EbbProcess(long pid, String kind, int port) {

  /** What the handle's process is; empty when it is none of Ebb's or is gone. */
  static Optional<EbbProcess> of(ProcessHandle handle) {
    String command = String.join(" ", strings(handle.pid(), "cmdline"));
    if (command.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new EbbProcess(handle.pid(), kind(handle.pid(), command), port(handle.pid())));
  }

  private static String kind(long pid, String command) {
    Path folder = Path.of(workingFolder(pid));
    for (String kind : new String[] {"prefill", "decode", "router"}) {
      boolean named = command.contains("/" + kind + "/quarkus-run.jar");
      if (named || folder.endsWith(kind) && command.contains("quarkus-run.jar")) {
        return kind;
      }
    }
    return "cli";
  }

  private static int port(long pid) {
    return Arrays.stream(strings(pid, "environ"))
        .filter(entry -> entry.startsWith("QUARKUS_HTTP_PORT="))
        .mapToInt(entry -> Integer.parseInt(entry.substring(entry.indexOf('=') + 1)))
        .findFirst()
        .orElse(0);
  }

  private static String workingFolder(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** A zero-separated file of /proc; empty when the process is gone. */
  private static String[] strings(long pid, String file) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc", Long.toString(pid), file));
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.isEmpty() ? new String[0] : text.split("\0");
    } catch (IOException e) {
      return new String[0];
    }
  }

  /** Whether it still runs (a zombie does not). */
  public boolean alive() {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  /** SIGKILL. */
  public void kill() {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }
}
