package dev.ebb.router.app.cluster;

import dev.ebb.router.app.platform.DecodeAloneException;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.app.platform.ReadyProbe;
import dev.ebb.router.app.platform.WaitingRoom;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One phase on a cluster. Who comes while no pod is ready is parked here rather than at Knative's activator, which
 * holds no more than its own time allows and cannot tell anybody what they wait for.
 */
final class ClusterFunction {
  private static final Logger LOG = Logger.getLogger(ClusterFunction.class);
  private static final long TURN_MS = 100;
  /** Also what a watch says may be out of date; a function that answers is awake whatever it says. */
  private static final long SECOND_LOOK_MS = 5_000;

  private final Phase phase;
  private final Endpoint endpoint;
  private final long patienceMs;
  private final Sight sight;
  private final LongSupplier clockMs;
  private final WaitingRoom room;
  private final ScheduledExecutorService thread;
  private volatile boolean answers;
  private long probedMs;
  private long waitingSinceMs;

  /** What is known of the phase from outside. */
  interface Sight {
    /** Whether {@link #ready} is to be believed. */
    boolean sees();

    boolean ready();

    /** Whether it waits for quota: no failure, however long it takes. */
    boolean waitsForQuota();

    /** Whether it must not be woken, as whoever calls its address does at zero. */
    boolean withheld();

    /** Whether nobody is to wait for it. */
    boolean leftOut();
  }

  ClusterFunction(Phase phase, Endpoint endpoint, int parkedMax, long patienceMs, Sight sight, LongSupplier clockMs) {
    this.phase = phase;
    this.endpoint = endpoint;
    this.patienceMs = patienceMs;
    this.sight = sight;
    this.clockMs = clockMs;
    room = new WaitingRoom(phase, parkedMax);
    probedMs = clockMs.getAsLong() - SECOND_LOOK_MS;
    waitingSinceMs = clockMs.getAsLong();
    thread = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("cluster-" + phase.label()).factory());
    thread.scheduleWithFixedDelay(this::turn, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
  }

  CompletableFuture<Endpoint> ready() {
    if (sight.leftOut()) {
      return CompletableFuture.failedFuture(new DecodeAloneException());
    }
    if (available()) {
      return CompletableFuture.completedFuture(endpoint);
    }
    return room.enter(this::turnNow);
  }

  /** A call broke. A watch knows better than we whether others are left; without one it is asked first. */
  void suspect() {
    answers = false;
  }

  /** Looks at everything again at once. */
  void turnNow() {
    try {
      thread.execute(this::turn);
    } catch (RejectedExecutionException e) {
      room.close();
    }
  }

  FunctionState state() {
    return available() ? FunctionState.READY
        : room.waiting() > 0 ? FunctionState.STARTING : FunctionState.STOPPED;
  }

  int parked() {
    return room.waiting();
  }

  void close() {
    thread.shutdownNow();
    room.close();
  }

  private boolean available() {
    return sight.sees() ? sight.ready() : answers;
  }

  private void turn() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.errorf(e, "the %s function could not be looked at", phase.label());
    }
  }

  private void look() {
    if (room.waiting() == 0 || sight.waitsForQuota()) {
      waitingSinceMs = clockMs.getAsLong();
    }
    if (sight.leftOut()) {
      room.refuse(new DecodeAloneException());
    } else if (available() || (room.waiting() > 0 && probed())) {
      room.release(endpoint);
    } else if (room.waiting() > 0 && clockMs.getAsLong() - waitingSinceMs > patienceMs) {
      room.giveUp(endpoint);
    }
  }

  /**
   * Asks the function itself: always where nothing else is known, now and then where a watch says that it sleeps,
   * unless it must.
   */
  private boolean probed() {
    boolean blind = !sight.sees();
    if (!blind && (sight.withheld() || clockMs.getAsLong() - probedMs < SECOND_LOOK_MS)) {
      return false;
    }
    boolean ready = ReadyProbe.isReady(endpoint);
    probedMs = clockMs.getAsLong();
    answers = ready;
    return ready;
  }
}
