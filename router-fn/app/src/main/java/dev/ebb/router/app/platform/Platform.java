package dev.ebb.router.app.platform;

import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import java.util.concurrent.CompletableFuture;

/** Keeps functions running while there is demand for them, and says where they are. */
public interface Platform {

  /**
   * The phase's function, as soon as it takes work. Demand must have been raised before, for it is demand that
   * starts a function. Fails with a {@link dev.ebb.router.request.Refusal}. Cancelling it leaves the waiting place.
   */
  CompletableFuture<Endpoint> ready(Phase phase);

  /** A call to the function broke: it is not given out again before it has shown that it lives. */
  void suspect(Phase phase, Endpoint endpoint);

  /** Demand for the phase rose from 0. */
  void wake(Phase phase);

  FunctionState state(Phase phase);

  /** Requests that wait for it. */
  int parked(Phase phase);

  /** Starts so far. */
  long starts(Phase phase);

  /** Ends so far that nobody asked for. */
  long crashes(Phase phase);

  /** Ends all functions; returns when they are gone. */
  void close();
}
