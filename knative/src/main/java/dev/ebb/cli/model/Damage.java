package dev.ebb.cli.model;

import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Tells whether a file in the cache is still what was put there. */
final class Damage {
  private Damage() {}

  /**
   * What is wrong with a model of the cache.
   *
   * @param expected what its source says of it; what the cache noted when it came stands in for a digest
   * @param thorough whether to compute the digest in any case, and not only of a file that does not open
   * @return words for a sentence, or nothing when all is well or nothing is known
   */
  static Optional<String> of(CachedModel there, ModelSource.Expected expected, boolean thorough) throws IOException {
    if (expected.bytes() > 0 && there.bytes() != expected.bytes()) {
      return Optional.of("it has " + there.bytes() + " bytes, not " + expected.bytes());
    }
    String sha256 = expected.sha256().isEmpty() ? there.sha256() : expected.sha256();
    if (sha256.isEmpty() || (!thorough && opens(there.path()))) {
      return Optional.empty();
    }
    return Digest.of(there.path()).equalsIgnoreCase(sha256)
        ? Optional.empty()
        : Optional.of("its SHA-256 is not " + sha256);
  }

  private static boolean opens(Path path) {
    try (ModelFile file = Models.open(path)) {
      return true;
    } catch (ModelFormatException e) {
      return false;
    }
  }
}
