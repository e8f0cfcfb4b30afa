package dev.ebb.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of files on their way into a layer. */
final class Folders {
  /** The time of every file: a start archive is valid only for files whose times it knows. */
  static final Instant TIME = Instant.ofEpochSecond(1);

  private Folders() {}

  /** All files and folders below, in the order of their names. */
  static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths.filter(path -> !path.equals(folder)).sorted().toList();
    }
  }

  static List<Path> jars(Path folder) throws IOException {
    return below(folder).stream().filter(path -> path.toString().endsWith(".jar")).toList();
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** An empty folder. */
  static Path fresh(Path folder) throws IOException {
    delete(folder);
    return Files.createDirectories(folder);
  }

  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  static void copyAll(Path from, Path to) throws IOException {
    for (Path path : below(from)) {
      if (Files.isRegularFile(path)) {
        copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Gives all files below the one {@link #TIME}. */
  static void settle(Path folder) throws IOException {
    for (Path path : below(folder)) {
      if (Files.isRegularFile(path)) {
        Files.setLastModifiedTime(path, FileTime.from(TIME));
      }
    }
  }
}
