package dev.ebb.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things lie: this module, its target folder and the distribution under test. */
public final class Workspace {
  private static final Path MODULE = Path.of("").toAbsolutePath();

  private Workspace() {}

  /** A folder under {@code target/}, made when absent. */
  public static Path target(String name) {
    try {
      return Files.createDirectories(MODULE.resolve("target").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The distribution: {@code EBB_DIST}, else {@code dist/} at the root of the repository. */
  public static Path distribution() {
    String named = System.getenv("EBB_DIST");
    Path dist = named == null ? MODULE.resolveSibling("dist") : Path.of(named);
    if (!Files.isExecutable(dist.resolve("bin/ebb"))) {
      throw new IllegalStateException(dist + " holds no distribution (bin/ebb): run `make build` first");
    }
    return dist;
  }

  /** A test resource unpacked in the classes folder, as a file that other programs can read. */
  public static Path resource(String name) {
    Path file = MODULE.resolve("target/test-classes").resolve(name);
    if (!Files.exists(file)) {
      throw new IllegalStateException("no test resource " + name);
    }
    return file;
  }
}
