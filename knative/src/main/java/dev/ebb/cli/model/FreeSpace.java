package dev.ebb.cli.model;

import dev.ebb.cli.CliException;
import dev.ebb.cli.term.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Says what a pull needs before it fills the disk, and in words when it did. */
final class FreeSpace {
  private FreeSpace() {}

  /**
   * Checks for room.
   *
   * @throws CliException naming need, room and folder
   */
  static void check(Path folder, long bytesNeeded) {
    // Not through a FileStore, which looks for the mount point by name and finds none in a chroot.
    long free = folder.toFile().getUsableSpace();
    if (free < bytesNeeded) {
      throw full(folder, bytesNeeded, free, null);
    }
  }

  /**
   * The failure as a person should read it.
   *
   * @return it as it is, unless the disk is full
   * @throws CliException with the figures of a full disk
   */
  static IOException explain(IOException failure, Path folder, long bytesNeeded) throws IOException {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (message.contains("no space left") || message.contains("quota exceeded")) {
      throw full(folder, bytesNeeded, folder.toFile().getUsableSpace(), failure);
    }
    return failure;
  }

  private static CliException full(Path folder, long needed, long free, Throwable cause) {
    return new CliException(
        "the disk is full: " + Sizes.bytes(needed) + " needed in " + folder + ", " + Sizes.bytes(free)
            + " free; make room, or set EBB_HOME to a folder on another disk",
        cause);
  }
}
