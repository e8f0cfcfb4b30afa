package dev.ebb.router.app.platform;

import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.retry.RetryPolicy;
import java.util.Optional;
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

  /** How patient calls to the functions are. */
  default RetryPolicy retries() {
    return RetryPolicy.standard();
  }

  /** The phase's place in a queue for quota; empty where it has quota, needs none, or it is not known. */
  default Optional<QuotaWait> waiting(Phase phase) {
    return Optional.empty();
  }

  /**
   * Whether decode serves alone for now. Then {@link #ready} for prefill fails with {@link DecodeAloneException},
   * also for those who wait already.
   */
  default boolean decodeAlone() {
    return false;
  }

  /** Whether the model of requests that need not wait could answer now. */
  default boolean canDegrade() {
    return false;
  }

  /**
   * Why a call to a function may have broken.
   *
   * @param instance the function's own name for itself; empty where it said none
   * @param sinceMs when the call began, in ms of {@link System#nanoTime}
   */
  default Loss loss(Phase phase, String instance, long sinceMs) {
    return Loss.CRASHED;
  }

  /** Whether calls that last are to be held against {@link #overdue}. */
  default boolean watchesCalls() {
    return false;
  }

  /**
   * Whether a call should be given up: its function was preempted so long ago that the call's end must end it, and with
   * it its hold on the quota, or the function is no more, which no connection shows to a node that lost its power.
   * Always false where {@link #watchesCalls} is false.
   *
   * @param instance the function's own name for itself; empty where it said none yet
   * @param sinceMs when the call began, in ms of {@link System#nanoTime}
   */
  default boolean overdue(Phase phase, String instance, long sinceMs) {
    return false;
  }

  /** Ends all functions; returns when they are gone. */
  void close();
}
