package dev.ebb.router.app.platform;

import dev.ebb.router.function.Phase;
import dev.ebb.router.park.Parking;
import dev.ebb.router.park.ParkingFullException;
import dev.ebb.router.request.Refusal;
import java.util.concurrent.CompletableFuture;

/** The requests that wait for one function, and the words in which they are turned away. Thread-safe. */
public final class WaitingRoom {
  private static final long RETRY_AFTER_MS = 5_000;

  private final Phase phase;
  private final Parking<Endpoint> parking;

  /**
   * @param places requests that may wait at a time
   */
  public WaitingRoom(Phase phase, int places) {
    this.phase = phase;
    parking = new Parking<>(places);
  }

  /**
   * A place in it, which fails at once with a {@link Refusal} where there is none left.
   *
   * @param look called once somebody waits, since the function may have become ready just before
   */
  public CompletableFuture<Endpoint> enter(Runnable look) {
    try {
      CompletableFuture<Endpoint> place = parking.park();
      look.run();
      return place;
    } catch (ParkingFullException e) {
      return CompletableFuture.failedFuture(Refusal.later(Refusal.Kind.TOO_MANY, "too_many_waiting",
          "The " + phase.label() + " function is not ready and " + e.getMessage() + "; try again later.",
          RETRY_AFTER_MS));
    }
  }

  public int waiting() {
    return parking.parked();
  }

  /** Everybody goes on, to the function. */
  public void release(Endpoint endpoint) {
    parking.release(endpoint);
  }

  /** Nobody need wait any longer, for this reason. */
  public void refuse(RuntimeException why) {
    parking.refuse(why);
  }

  /** The function did not become ready in the time that it had. */
  public void giveUp(Endpoint endpoint) {
    refuse(Refusal.later(Refusal.Kind.UNAVAILABLE, "function_unavailable", "The " + phase.label() + " function at "
        + endpoint.host() + ":" + endpoint.port() + " does not become ready.", RETRY_AFTER_MS));
  }

  /** The router ends. */
  public void close() {
    refuse(Refusal.stopping());
  }
}
