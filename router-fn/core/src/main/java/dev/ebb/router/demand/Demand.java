package dev.ebb.router.demand;

import dev.ebb.keda.trigger.DemandRule;
import dev.ebb.router.function.Phase;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Demand counters of every model and phase. Thread-safe. */
public final class Demand {

  /** Told when a counter leaves 0, on the thread of the request. */
  public interface WakeListener {
    void wake(String model, Phase phase);
  }

  private static final class Counter {
    int value;
    long lastUseMs;
    long wakes;
    boolean withheld;
  }

  private final Map<String, Map<Phase, Counter>> counters = new LinkedHashMap<>();
  private final LongSupplier clockMs;
  private final List<WakeListener> listeners = new CopyOnWriteArrayList<>();

  /**
   * @param models every model served; their counters exist from now on
   * @param clockMs a clock that never goes back, in milliseconds
   */
  public Demand(Iterable<String> models, LongSupplier clockMs) {
    this.clockMs = clockMs;
    for (String model : models) {
      Map<Phase, Counter> phases = new EnumMap<>(Phase.class);
      for (Phase phase : Phase.values()) {
        phases.put(phase, new Counter());
      }
      counters.put(model, phases);
    }
  }

  /** One more listener, for good; they are told in the order in which they came. */
  public void onWake(WakeListener wakeListener) {
    listeners.add(wakeListener);
  }

  /** The models that have counters. */
  public Set<String> models() {
    return Collections.unmodifiableSet(counters.keySet());
  }

  /** One more request needs the phase, until the claim is closed. */
  public Claim raise(String model, Phase phase) {
    Counter counter = counter(model, phase);
    boolean woke;
    synchronized (counter) {
      woke = counter.value++ == 0 && !counter.withheld;
      counter.wakes += woke ? 1 : 0;
    }
    if (woke) {
      listeners.forEach(listener -> listener.wake(model, phase));
    }
    return new Claim(this, counter);
  }

  /** Requests that wait for or use the phase, as its scaler is to see them: 0 while they are withheld. */
  public int value(String model, Phase phase) {
    Counter counter = counter(model, phase);
    synchronized (counter) {
      return counter.withheld ? 0 : counter.value;
    }
  }

  /** Requests that would use the phase, withheld or not. */
  public int claims(String model, Phase phase) {
    Counter counter = counter(model, phase);
    synchronized (counter) {
      return counter.value;
    }
  }

  /**
   * Hides a phase's demand from its scaler, or shows it again, which wakes the phase if there is any: a function must
   * not take what another needs first.
   */
  public void withhold(String model, Phase phase, boolean hidden) {
    Counter counter = counter(model, phase);
    boolean woke;
    synchronized (counter) {
      woke = counter.withheld && !hidden && counter.value > 0;
      counter.withheld = hidden;
      counter.wakes += woke ? 1 : 0;
    }
    if (woke) {
      listeners.forEach(listener -> listener.wake(model, phase));
    }
  }

  /** How often demand rose from 0. */
  public long wakes(String model, Phase phase) {
    Counter counter = counter(model, phase);
    synchronized (counter) {
      return counter.wakes;
    }
  }

  /**
   * How many of the phase's functions should run now.
   *
   * @param running how many do
   */
  public int replicas(String model, Phase phase, DemandRule rule, int running) {
    Counter counter = counter(model, phase);
    synchronized (counter) {
      Duration sinceDemand = Duration.ofMillis(clockMs.getAsLong() - counter.lastUseMs);
      return rule.replicas(OptionalDouble.of(counter.withheld ? 0 : counter.value), running, sinceDemand);
    }
  }

  private void lower(Counter counter) {
    synchronized (counter) {
      counter.value--;
      counter.lastUseMs = clockMs.getAsLong();
    }
  }

  private Counter counter(String model, Phase phase) {
    Map<Phase, Counter> phases = counters.get(model);
    if (phases == null) {
      throw new IllegalArgumentException("no demand counter for model " + model);
    }
    return phases.get(phase);
  }

  /** One request's part of the demand. Closing it twice counts once. */
  public static final class Claim implements AutoCloseable {
    private final Demand demand;
    private final Counter counter;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private Claim(Demand demand, Counter counter) {
      this.demand = demand;
      this.counter = counter;
    }

    @Override
    public void close() {
      if (open.compareAndSet(true, false)) {
        demand.lower(counter);
      }
    }
  }
}
