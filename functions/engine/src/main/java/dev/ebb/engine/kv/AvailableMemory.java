package dev.ebb.engine.kv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Memory that this process can still get: the machine's, or its control group's where that is less. */
final class AvailableMemory {
  private AvailableMemory() {}

  /** Bytes; {@code Long.MAX_VALUE} when the system does not say. */
  static long bytes() {
    return bytes(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
  }

  static long bytes(Path meminfo, Path group) {
    long limit = number(group.resolve("memory.max"));
    long used = number(group.resolve("memory.current"));
    // Page cache of the group is given back on demand, so it does not count as used.
    long cache = field(group.resolve("memory.stat"), "inactive_file ", 1);
    long inGroup = limit == Long.MAX_VALUE || used == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, limit - used + (cache == Long.MAX_VALUE ? 0 : cache));
    return Math.min(inGroup, field(meminfo, "MemAvailable:", 1024));
  }

  private static long number(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE; // no such file, or "max"
    }
  }

  private static long field(Path file, String name, long unit) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> unit * Long.parseLong(line.substring(name.length()).replace("kB", "").strip()))
          .findFirst()
          .orElse(Long.MAX_VALUE);
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
