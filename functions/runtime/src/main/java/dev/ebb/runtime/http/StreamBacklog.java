package dev.ebb.runtime.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the events that wait for slow readers. One reader may be far behind; where many are, each may be less so,
 * since all of it is in the memory that every request needs. Thread-safe.
 */
final class StreamBacklog {
  /** So many streams may be as far behind as one may. */
  private static final long FULL_STREAMS = 4;
  /** What part of that each may be once there is no room for more. */
  private static final int SHARE = 64;

  private final int eventsMax;
  private final AtomicLong waiting = new AtomicLong();

  /**
   * Room for nothing but what is taken from it.
   *
   * @param eventsMax events that may wait for one reader
   */
  StreamBacklog(int eventsMax) {
    this.eventsMax = eventsMax;
  }

  /** Takes room for one more event of a stream that has {@code own} waiting; false where there is none. */
  boolean take(int own) {
    boolean full = waiting.get() >= FULL_STREAMS * eventsMax;
    if (own >= (full ? Math.max(1, eventsMax / SHARE) : eventsMax)) {
      return false;
    }
    waiting.incrementAndGet();
    return true;
  }

  void giveBack(int events) {
    waiting.addAndGet(-events);
  }

  long waiting() {
    return waiting.get();
  }
}
