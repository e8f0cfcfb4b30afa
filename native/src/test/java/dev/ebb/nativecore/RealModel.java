package dev.ebb.nativecore;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * SmolLM2-135M-Instruct: the file that {@code EBB_MODEL} names, else the one in Ebb's model cache.
 * {@code make test} pulls it first; without it the tests that need it fail and say what to do.
 */
final class RealModel {
  private RealModel() {}

  static ModelFile open() {
    Path path = path();
    if (!Files.exists(path)) {
      throw new IllegalStateException(
          path + " is not there: run `ebb model pull`, or name the GGUF file by EBB_MODEL");
    }
    return Models.open(path);
  }

  private static Path path() {
    String named = System.getenv("EBB_MODEL");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    return models().resolve("smollm2-135m-instruct.gguf");
  }

  private static Path models() {
    String home = System.getenv("EBB_HOME");
    if (home != null && !home.isBlank()) {
      return Path.of(home, "models");
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path root =
        cache != null && !cache.isBlank()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return root.resolve("ebb").resolve("models");
  }
}
