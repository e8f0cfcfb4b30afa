package dev.ebb.cli.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** The folder of one router and its functions: logs, pid files, arena. */
final class RunFolder {
  private final Path folder;

  RunFolder(Path folder) {
    this.folder = folder;
  }

  /** Where the router's output goes. */
  Path log() {
    return folder.resolve("router.log");
  }

  /** Where a crash of the router's virtual machine is written down; {@code %p} becomes its process id. */
  Path errorFile() {
    return folder.resolve("router-hs_err_%p.log");
  }

  /** Makes the folder if it is missing, and puts the last router's log aside. */
  void makeReady() throws IOException {
    Files.createDirectories(folder);
    if (Files.exists(log())) {
      Files.move(log(), folder.resolve("router.log.1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Deletes it. One at a time, since a Ctrl-C may come while the command is at it already. */
  synchronized void delete() {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // The command has done what it was asked for; a folder left behind is no reason to call it failed.
    }
  }
}
