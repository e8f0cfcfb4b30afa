package dev.ebb.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;

/** The default model, which is fetched before the tests and never lies in the repository. */
public final class TestModel {
  /** The id under which it is served. */
  public static final String ID = "smollm2-135m-instruct";

  private TestModel() {}

  /** The model file: {@code EBB_MODEL}, else the one in Ebb's model cache. */
  public static Path path() {
    String named = System.getenv("EBB_MODEL");
    Path path = named != null ? Path.of(named) : cache().resolve(ID + ".gguf");
    if (!Files.isRegularFile(path)) {
      throw new IllegalStateException(
          path + " is not there: run `dist/bin/ebb model pull` or name the GGUF file by EBB_MODEL");
    }
    return path.toAbsolutePath();
  }

  private static Path cache() {
    String home = System.getenv("EBB_HOME");
    if (home != null) {
      return Path.of(home, "models");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base = xdg != null ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("ebb/models");
  }
}
