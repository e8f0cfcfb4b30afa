package dev.ebb.router.app.platform;

import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import dev.ebb.router.park.Parking;
import dev.ebb.router.park.ParkingFullException;
import dev.ebb.router.request.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A function at an address that somebody else keeps alive. It is probed before its first use and after a broken
 * call; requests wait meanwhile, and are refused when it does not become ready in time.
 */
final class StaticFunction {
  private static final long PROBE_MS = 100;

  private final Phase phase;
  private final Endpoint endpoint;
  private final long patienceMs;
  private final Parking<Endpoint> parking;
  private final ScheduledExecutorService thread;
  private volatile boolean good;
  private boolean probing;
  private long probingSinceMs;

  StaticFunction(Phase phase, Endpoint endpoint, int parkedMax, long patienceMs) {
    this.phase = phase;
    this.endpoint = endpoint;
    this.patienceMs = patienceMs;
    parking = new Parking<>(parkedMax);
    thread = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("probe-" + phase.label()).factory());
  }

  CompletableFuture<Endpoint> ready() {
    if (good) {
      return CompletableFuture.completedFuture(endpoint);
    }
    try {
      CompletableFuture<Endpoint> place = parking.park();
      thread.execute(this::beginProbing);
      return place;
    } catch (ParkingFullException e) {
      return CompletableFuture.failedFuture(Refusal.later(Refusal.Kind.TOO_MANY, "too_many_waiting",
          "The " + phase.label() + " function is not ready and " + e.getMessage() + "; try again later.", 5_000));
    }
  }

  void suspect() {
    good = false;
  }

  FunctionState state() {
    return good ? FunctionState.READY : parking.parked() > 0 ? FunctionState.STARTING : FunctionState.STOPPED;
  }

  int parked() {
    return parking.parked();
  }

  void close() {
    thread.shutdownNow();
  }

  private void beginProbing() {
    if (!probing) {
      probing = true;
      probingSinceMs = System.nanoTime() / 1_000_000;
      probe();
    }
  }

  private void probe() {
    if (ReadyProbe.isReady(endpoint)) {
      probing = false;
      good = true;
      parking.release(endpoint);
    } else if (System.nanoTime() / 1_000_000 - probingSinceMs > patienceMs) {
      probing = false;
      parking.refuse(Refusal.later(Refusal.Kind.UNAVAILABLE, "function_unavailable", "The " + phase.label()
          + " function at " + endpoint.host() + ":" + endpoint.port() + " does not become ready.", 5_000));
    } else {
      thread.schedule(this::probe, PROBE_MS, TimeUnit.MILLISECONDS);
    }
  }
}
