package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the tests of built images need of this machine. */
final class Machine {
  static final Path DIST = Path.of(System.getenv().getOrDefault("EBB_DIST", "../dist")).toAbsolutePath().normalize();
  private static final Path MODEL = Path.of(System.getenv().getOrDefault("EBB_MODEL", "EBB_MODEL-is-not-set"));

  private Machine() {}

  /** An archive of {@code make images}. */
  static Path archive(String name) {
    Path tar = DIST.resolve("images/ebb-" + name + ".tar");
    assertTrue(Files.exists(tar), tar + " is missing: make images");
    return tar;
  }

  static Path model() {
    assertTrue(Files.exists(MODEL), MODEL + ": EBB_MODEL must name a model file");
    return MODEL.toAbsolutePath();
  }

  /** Skips, and says why, where containers cannot be run. */
  static void needRunc() {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root unpacks images with their owners");
    assumeTrue(Files.isExecutable(Path.of("/usr/sbin/runc")) || Files.isExecutable(Path.of("/usr/bin/runc")),
        "runc is not installed: apt-get install runc");
  }
}
