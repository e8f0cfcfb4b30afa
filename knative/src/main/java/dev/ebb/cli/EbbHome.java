package dev.ebb.cli;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where Ebb keeps its state: everything under {@code EBB_HOME}, else in the XDG cache and data folders.
 *
 * @param models the model cache
 * @param data run folders and everything else that is no model
 */
public record EbbHome(Path models, Path data) {

  /** Reads {@code EBB_HOME}, {@code XDG_CACHE_HOME}, {@code XDG_DATA_HOME} and {@code HOME}. */
  public static EbbHome of(Map<String, String> env) {
    String home = env.getOrDefault("EBB_HOME", "");
    if (!home.isBlank()) {
      Path root = Path.of(home).toAbsolutePath().normalize();
      return new EbbHome(root.resolve("models"), root);
    }
    return new EbbHome(
        xdg(env, "XDG_CACHE_HOME", ".cache").resolve("models"), xdg(env, "XDG_DATA_HOME", ".local/share"));
  }

  /** The folder of the instance that serves on {@code port}: logs, pid files, arena. */
  public Path runDir(int port) {
    return runs().resolve(Integer.toString(port));
  }

  /** The folder of all instances' folders. */
  Path runs() {
    return data.resolve("run");
  }

  private static Path xdg(Map<String, String> env, String variable, String fallback) {
    String value = env.getOrDefault(variable, "");
    // The XDG specification says to ignore relative paths.
    if (value.startsWith("/")) {
      return Path.of(value, "ebb");
    }
    String user = env.getOrDefault("HOME", System.getProperty("user.home"));
    return Path.of(user, fallback, "ebb").toAbsolutePath();
  }
}
