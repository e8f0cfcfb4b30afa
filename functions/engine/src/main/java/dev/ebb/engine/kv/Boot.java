package dev.ebb.engine.kv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Which boot of the machine this is. The pages of a mapped file are one memory for all processes of one kernel; what of
 * them had reached the disk when a machine stopped, and in which order, nobody knows.
 */
final class Boot {
  /** Stands where the kernel does not say: such a machine's boots look like one. */
  static final UUID UNKNOWN = new UUID(0, 0);

  private static final Path SOURCE = Path.of("/proc/sys/kernel/random/boot_id");

  private Boot() {}

  /** The kernel's own id of this boot, the same in all its containers. */
  static UUID id() {
    return read(SOURCE);
  }

  static UUID read(Path source) {
    try {
      return UUID.fromString(Files.readString(source).strip());
    } catch (IOException | IllegalArgumentException e) {
      return UNKNOWN;
    }
  }
}
