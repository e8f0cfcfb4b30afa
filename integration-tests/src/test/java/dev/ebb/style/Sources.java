package dev.ebb.style;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The source files of the repository, what was built left out. */
final class Sources {
  private static final Set<String> MODULE_TREES = Set.of("functions", "native", "router-fn", "knative",
      "integration-tests", "keda", "kueue", "images");
  private static final Path ROOT = root();

  private Sources() {}

  /** All files that end in one of {@code endings}. */
  static List<Path> endingWith(String... endings) {
    return MODULE_TREES.stream().sorted().flatMap(tree -> below(ROOT.resolve(tree), List.of(endings))).toList();
  }

  /** Java that ships, tests left out. */
  static List<Path> javaMain() {
    return endingWith(".java").stream().filter(file -> file.toString().contains("/src/main/java/")).toList();
  }

  /** The file's path in the repository, for messages. */
  static String name(Path file) {
    return ROOT.relativize(file).toString();
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  private static Stream<Path> below(Path tree, List<String> endings) {
    try (Stream<Path> files = Files.walk(tree)) {
      return files
          .filter(file -> !file.toString().contains("/target/") && !file.toString().contains("/__pycache__/"))
          .filter(file -> endings.stream().anyMatch(file.toString()::endsWith))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder above this module that holds all the trees. */
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("router-fn"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("not run inside the repository");
    }
    return folder;
  }
}
