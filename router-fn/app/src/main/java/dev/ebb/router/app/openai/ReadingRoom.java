package dev.ebb.router.app.openai;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Room for bodies while they are trees of JSON, which for that moment take far more memory than their bytes: whoever
 * finds too little of it waits for those before. Thread-safe; not for an event loop.
 */
@ApplicationScoped
public class ReadingRoom {
  /** Bytes of a tree for each of its document, and of the largest with the tokens that one may have, as measured. */
  private static final int TREE_FACTOR = 35;
  private static final long TREE_BYTES_MAX = 90L << 20;
  private static final int PLACE_BYTES = 1024;

  private final int places;
  private final Semaphore free;

  ReadingRoom() {
    this(Runtime.getRuntime().maxMemory() / 4);
  }

  /**
   * @param bytes what trees may take together; a single one may always be read
   */
  ReadingRoom(long bytes) {
    places = Math.clamp(bytes / PLACE_BYTES, 1, Integer.MAX_VALUE);
    free = new Semaphore(places, true);
  }

  /** Reads a body once there is room. */
  public <T> T read(byte[] body, Supplier<T> reading) {
    long bytes = Math.min(TREE_BYTES_MAX, (long) body.length * TREE_FACTOR);
    int taken = (int) Math.min(places, bytes / PLACE_BYTES);
    free.acquireUninterruptibly(taken);
    try {
      return reading.get();
    } finally {
      free.release(taken);
    }
  }
}
