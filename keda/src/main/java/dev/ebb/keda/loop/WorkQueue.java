package dev.ebb.keda.loop;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Names waiting to be looked at. A name is there once however often it was added, is worked on by one thread at a time,
 * and after a failure comes back later and later, each name for itself.
 */
final class WorkQueue {
  private static final long FIRST_DELAY_MS = 50;
  private static final long LAST_DELAY_MS = 60_000;
  private static final int DOUBLINGS_MAX = 20;

  private final Map<String, Long> dueNanos = new LinkedHashMap<>();
  private final Map<String, Integer> failures = new HashMap<>();
  private final Set<String> inWork = new HashSet<>();

  /** Adds a name, to be taken at once, or after the work on it that is under way. */
  synchronized void add(String name) {
    long now = System.nanoTime();
    dueNanos.merge(name, now, (before, at) -> before - at < 0 ? before : at);
    notifyAll();
  }

  /**
   * Takes the name that is due first, waiting for one; {@link #done} must follow.
   *
   * @param stopped looked at before each wait; {@link #wake} makes that happen
   * @return the name, or empty once stopped
   */
  synchronized Optional<String> take(BooleanSupplier stopped) throws InterruptedException {
    while (!stopped.getAsBoolean()) {
      Optional<Map.Entry<String, Long>> next = first();
      long waitNanos = next.map(entry -> entry.getValue() - System.nanoTime()).orElse(Long.MAX_VALUE);
      if (next.isPresent() && waitNanos <= 0) {
        String name = next.get().getKey();
        dueNanos.remove(name);
        inWork.add(name);
        return Optional.of(name);
      }
      // At least a millisecond, since 0 would wait for ever; for ever where nothing is due.
      wait(next.isPresent() ? waitNanos / 1_000_000 + 1 : 0);
    }
    return Optional.empty();
  }

  /** Lets everyone who waits look at whether they are to stop. */
  synchronized void wake() {
    notifyAll();
  }

  /** Ends the work on a name; after a failure it comes back by itself. */
  synchronized void done(String name, boolean succeeded) {
    inWork.remove(name);
    if (succeeded) {
      failures.remove(name);
    } else {
      int count = failures.merge(name, 1, Integer::sum);
      dueNanos.putIfAbsent(name, System.nanoTime() + delay(count).toNanos());
    }
    notifyAll();
  }

  /** How long a name waits after so many failures in a row: doubling from 50 ms to 60 s. */
  static Duration delay(int failures) {
    long doubled = FIRST_DELAY_MS << Math.min(failures - 1, DOUBLINGS_MAX);
    return Duration.ofMillis(Math.min(doubled, LAST_DELAY_MS));
  }

  private Optional<Map.Entry<String, Long>> first() {
    return dueNanos.entrySet().stream().filter(entry -> !inWork.contains(entry.getKey()))
        .min((a, b) -> Long.signum(a.getValue() - b.getValue()))
        .map(entry -> Map.entry(entry.getKey(), entry.getValue()));
  }
}
