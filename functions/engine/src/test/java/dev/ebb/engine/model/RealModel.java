package dev.ebb.engine.model;

import java.nio.file.Files;
import java.nio.file.Path;

/** The default model for tests; it lies in the model cache, never in the repository. */
public final class RealModel {
  private RealModel() {}

  /**
   * The model file: {@code EBB_MODEL}, else the one in the model cache.
   *
   * @throws IllegalStateException saying how to get it
   */
  public static Path path() {
    String named = System.getenv("EBB_MODEL");
    Path path = named != null ? Path.of(named) : cache().resolve("smollm2-135m-instruct.gguf");
    if (!Files.isRegularFile(path)) {
      throw new IllegalStateException(path + " is not there: run `make model` first");
    }
    return path.toAbsolutePath();
  }

  /** The folder of models, under {@code EBB_HOME} or the XDG cache folder. */
  public static Path cache() {
    String home = System.getenv("EBB_HOME");
    if (home != null) {
      return Path.of(home, "models");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base = xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("ebb/models");
  }
}
