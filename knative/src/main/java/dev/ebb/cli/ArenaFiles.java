package dev.ebb.cli;

import dev.ebb.engine.kv.ArenaConfig;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The keys and values that the functions keep of a model: a cache, of no use once the model is gone. */
final class ArenaFiles {
  private ArenaFiles() {}

  /** Those of a model below the folder of all run folders. */
  static List<Path> of(Path runs, String fingerprint) throws IOException {
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(runs)) {
      return files;
    }
    String names = ArenaConfig.filePrefix(fingerprint) + "*.kv";
    try (DirectoryStream<Path> each = Files.newDirectoryStream(runs)) {
      for (Path run : each) {
        addAll(files, run.resolve("arena"), names);
      }
    }
    files.sort(null);
    return files;
  }

  /** Deletes a file unless a process holds it, which a function does by a lock on a part of it; false when one does. */
  static boolean delete(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (channel.tryLock() == null) {
        return false;
      }
      Files.delete(file);
      return true;
    }
  }

  private static void addAll(List<Path> files, Path arena, String names) throws IOException {
    if (Files.isDirectory(arena)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(arena, names)) {
        found.forEach(files::add);
      }
    }
  }
}
