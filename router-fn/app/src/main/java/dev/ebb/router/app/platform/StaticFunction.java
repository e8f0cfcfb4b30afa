package dev.ebb.router.app.platform;

import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
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
  private final WaitingRoom room;
  private final ScheduledExecutorService thread;
  private volatile boolean good;
  private boolean probing;
  private long probingSinceMs;

  StaticFunction(Phase phase, Endpoint endpoint, int parkedMax, long patienceMs) {
    this.phase = phase;
    this.endpoint = endpoint;
    this.patienceMs = patienceMs;
    room = new WaitingRoom(phase, parkedMax);
    thread = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("probe-" + phase.label()).factory());
  }

  CompletableFuture<Endpoint> ready() {
    if (good) {
      return CompletableFuture.completedFuture(endpoint);
    }
    return room.enter(() -> thread.execute(this::beginProbing));
  }

  void suspect() {
    good = false;
  }

  FunctionState state() {
    return good ? FunctionState.READY : room.waiting() > 0 ? FunctionState.STARTING : FunctionState.STOPPED;
  }

  int parked() {
    return room.waiting();
  }

  void close() {
    thread.shutdownNow();
    room.close();
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
      room.release(endpoint);
    } else if (System.nanoTime() / 1_000_000 - probingSinceMs > patienceMs) {
      probing = false;
      room.giveUp(endpoint);
    } else {
      thread.schedule(this::probe, PROBE_MS, TimeUnit.MILLISECONDS);
    }
  }
}
