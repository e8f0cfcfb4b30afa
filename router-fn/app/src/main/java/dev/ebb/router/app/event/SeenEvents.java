package dev.ebb.router.app.event;

import dev.ebb.router.app.config.RouterSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * Which events were answered lately, so that one delivered twice is answered once. Delivery is at least once: a Broker
 * that saw no answer in time sends again. What was answered is remembered for a time and up to a number; what failed is
 * not, so that it may be sent again. Each router process remembers for itself alone: a second delivery to another
 * replica is answered there once more. Thread-safe.
 */
@ApplicationScoped
class SeenEvents {
  static final int ANSWERED_MAX = 10_000;

  private final long memoryMs;
  private final LongSupplier clockMs;
  private final Map<String, Long> answered = new LinkedHashMap<>();
  private final Map<String, Deque<CompletableFuture<Boolean>>> underWay = new HashMap<>();

  @Inject
  SeenEvents(RouterSettings settings) {
    this(settings.eventMemoryMs(), () -> System.nanoTime() / 1_000_000);
  }

  /**
   * A memory of its own.
   *
   * @param memoryMs how long an answered event is remembered; 0 for no memory at all
   */
  SeenEvents(long memoryMs, LongSupplier clockMs) {
    this.memoryMs = memoryMs;
    this.clockMs = clockMs;
  }

  /**
   * Asks to answer an event. A duplicate of one that is under way waits for what becomes of that.
   *
   * @return true: answer it, and tell its {@link #end}; false: it was answered before
   */
  synchronized CompletableFuture<Boolean> claim(String event) {
    forgetOld();
    if (answered.containsKey(event)) {
      return CompletableFuture.completedFuture(false);
    }
    Deque<CompletableFuture<Boolean>> waiting = underWay.get(event);
    if (waiting == null || memoryMs == 0) {
      underWay.putIfAbsent(event, new ArrayDeque<>());
      return CompletableFuture.completedFuture(true);
    }
    CompletableFuture<Boolean> place = new CompletableFuture<>();
    waiting.add(place);
    return place;
  }

  /** The end of an event that was to be answered: with an answer, or without one, and then the next tries. */
  void end(String event, boolean done) {
    Deque<CompletableFuture<Boolean>> told;
    synchronized (this) {
      Deque<CompletableFuture<Boolean>> waiting = underWay.getOrDefault(event, new ArrayDeque<>());
      if (done && memoryMs > 0) {
        answered.put(event, clockMs.getAsLong());
      }
      if (done || waiting.isEmpty()) {
        underWay.remove(event);
        told = waiting;
      } else {
        told = new ArrayDeque<>();
        told.add(waiting.remove());
      }
    }
    told.forEach(place -> place.complete(!done));
  }

  /** Events that are remembered as answered. */
  synchronized int remembered() {
    forgetOld();
    return answered.size();
  }

  private void forgetOld() {
    long now = clockMs.getAsLong();
    var oldest = answered.entrySet().iterator();
    while (oldest.hasNext() && (now - oldest.next().getValue() > memoryMs || answered.size() > ANSWERED_MAX)) {
      oldest.remove();
    }
  }
}
