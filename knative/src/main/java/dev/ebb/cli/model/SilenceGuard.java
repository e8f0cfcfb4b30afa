package dev.ebb.cli.model;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Closes a stream that has been silent for too long, which ends a read that would wait for ever. */
final class SilenceGuard implements AutoCloseable {
  private final Thread watch;
  private volatile long heardAt = System.nanoTime();

  SilenceGuard(InputStream stream, Duration silenceMax) {
    watch = Thread.ofVirtual().start(() -> watch(stream, silenceMax.toNanos()));
  }

  void heard() {
    heardAt = System.nanoTime();
  }

  @Override
  public void close() {
    watch.interrupt();
  }

  private void watch(InputStream stream, long nanosMax) {
    try {
      for (long left = nanosMax; left > 0; left = heardAt + nanosMax - System.nanoTime()) {
        Thread.sleep(Duration.ofNanos(left));
      }
      stream.close();
    } catch (InterruptedException | IOException e) {
      // Interrupted: the transfer ended. A failed close leaves the reader with its own error.
      Thread.currentThread().interrupt();
    }
  }
}
