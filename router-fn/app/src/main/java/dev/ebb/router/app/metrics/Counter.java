package dev.ebb.router.app.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** A counter per combination of label values. Thread-safe. */
public final class Counter implements Series {
  private final String name;
  private final String help;
  private final String[] labelNames;
  private final Map<String, LongAdder> values = new ConcurrentSkipListMap<>();

  Counter(String name, String help, String... labelNames) {
    this.name = name;
    this.help = help;
    this.labelNames = labelNames;
  }

  /** Adds {@code amount}; 0 makes the series exist. */
  public void add(long amount, Object... labels) {
    values.computeIfAbsent(Series.labels(labelNames, labels), key -> new LongAdder()).add(amount);
  }

  public void increment(Object... labels) {
    add(1, labels);
  }

  @Override
  public void write(StringBuilder out) {
    Series.head(out, name, "counter", help);
    values.forEach((labels, value) ->
        out.append(name).append('{').append(labels).append("} ").append(Series.number(value.sum())).append('\n'));
  }
}
