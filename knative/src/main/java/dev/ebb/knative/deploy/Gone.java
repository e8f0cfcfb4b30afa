package dev.ebb.knative.deploy;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for the end of what was taken away. */
final class Gone {
  private static final Duration PAUSE = Duration.ofMillis(300);

  private Gone() {}

  /** Whether it is gone in time; it is looked at once at least. */
  static boolean within(Duration limit, BooleanSupplier there) throws InterruptedException {
    Instant end = Instant.now().plus(limit);
    while (there.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      Thread.sleep(PAUSE);
    }
    return true;
  }
}
