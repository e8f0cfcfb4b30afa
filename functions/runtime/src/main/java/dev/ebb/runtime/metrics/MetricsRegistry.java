package dev.ebb.runtime.metrics;

import dev.ebb.runtime.config.EbbConfig;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.hotspot.StandardExports;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/** All series of this process; each carries the labels that vLLM gives every one of its own. */
@Singleton
public class MetricsRegistry {
  static final String ENGINE = "engine";
  static final String MODEL = "model_name";

  /** vLLM numbers its engines; a function has one. */
  static final String ENGINE_INDEX = "0";

  private final CollectorRegistry collectors = new CollectorRegistry();
  private final String model;

  @Inject
  MetricsRegistry(EbbConfig config) {
    this(config.model().id().orElse(""));
  }

  MetricsRegistry(String model) {
    this.model = model;
    new StandardExports().register(collectors);
  }

  CollectorRegistry collectors() {
    return collectors;
  }

  String model() {
    return model;
  }

  Counter.Child counter(String name, String help) {
    return Counter.build(name, help).labelNames(ENGINE, MODEL).register(collectors).labels(ENGINE_INDEX, model);
  }

  /** A counter with one more label, whose values all exist from the start. */
  Counter counter(String name, String help, String label, String... values) {
    Counter counter = Counter.build(name, help).labelNames(ENGINE, MODEL, label).register(collectors);
    Stream.of(values).forEach(value -> counter.labels(ENGINE_INDEX, model, value));
    return counter;
  }

  Histogram.Child histogram(String name, String help, double... buckets) {
    return Histogram.build(name, help).labelNames(ENGINE, MODEL).buckets(buckets)
        .register(collectors).labels(ENGINE_INDEX, model);
  }

  void gauge(String name, String help, DoubleSupplier value) {
    Gauge.build(name, help).labelNames(ENGINE, MODEL).register(collectors)
        .setChild(live(value), ENGINE_INDEX, model);
  }

  /** A gauge with one more label, to which values are added with {@link #live}. */
  Gauge gauge(String name, String help, String label) {
    return Gauge.build(name, help).labelNames(ENGINE, MODEL, label).register(collectors);
  }

  /** A gauge's value that is asked for at every reading. */
  static Gauge.Child live(DoubleSupplier value) {
    return new Gauge.Child() {
      @Override
      public double get() {
        return value.getAsDouble();
      }
    };
  }
}
