package dev.ebb.runtime.start;

import dev.ebb.runtime.work.RefusedException;
import jakarta.inject.Singleton;

/** Counts the requests between their arrival and the last byte of their reply; shuts the door for a drain. */
@Singleton
public class InFlight {
  private int requests;
  private boolean draining;

  /**
   * A request arrived; {@link #end} must follow.
   *
   * @throws RefusedException 503 while draining
   */
  public synchronized void begin() {
    if (draining) {
      throw RefusedException.unavailable("draining", "this function is stopping; send the request again");
    }
    requests++;
  }

  /** A request that {@link #begin} let in is answered or its caller gone. */
  public synchronized void end() {
    requests--;
    notifyAll();
  }

  /** Lets no further request in. */
  public synchronized void drain() {
    draining = true;
  }

  public synchronized boolean draining() {
    return draining;
  }

  public synchronized int requests() {
    return requests;
  }

  /** Waits for the last request to end; returns whether it did within the time. */
  public synchronized boolean awaitNone(long milliseconds) throws InterruptedException {
    long deadline = System.nanoTime() + milliseconds * 1_000_000;
    while (requests > 0) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
