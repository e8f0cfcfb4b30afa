package dev.ebb.runtime.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** How long this process runs. */
final class ProcessAge {
  private static final double TICKS_PER_SECOND = 100;

  private ProcessAge() {}

  /**
   * Seconds since the process was created, to a hundredth. From the kernel's clock since boot where
   * there is one: the wall-clock time of a process's start is only good to a second.
   */
  static double seconds() {
    try {
      double uptime = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
      return Math.max(0, uptime - ProcStat.read("self").startTicks() / TICKS_PER_SECOND);
    } catch (IOException e) {
      Instant start = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
      return Math.max(0, Duration.between(start, Instant.now()).toMillis() / 1e3);
    }
  }
}
