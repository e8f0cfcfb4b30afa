package dev.ebb.router.scaler;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Demand of the key {@code of=work}, set by a test. */
final class Tested implements DemandSource {
  static final Map<String, String> WORK = Map.of("of", "work");

  private final AtomicInteger value = new AtomicInteger();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** As a router does: on the thread of the request, and told only when it leaves 0. */
  void set(int now) {
    if (value.getAndSet(now) == 0 && now > 0) {
      listeners.forEach(Runnable::run);
    }
  }

  @Override
  public int value(Map<String, String> metadata) {
    if (!"work".equals(metadata.get("of"))) {
      throw new IllegalArgumentException("nothing known of '" + metadata.get("of") + "'; known is: work");
    }
    return value.get();
  }

  @Override
  public void onRise(Runnable listener) {
    listeners.add(listener);
  }
}
