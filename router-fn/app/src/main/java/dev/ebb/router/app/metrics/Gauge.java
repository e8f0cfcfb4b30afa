package dev.ebb.router.app.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A value read when asked for, per combination of label values known from the start. */
final class Gauge implements Series {
  private final String name;
  private final String help;
  private final String type;
  private final String[] labelNames;
  private final Map<String, LongSupplier> values = new LinkedHashMap<>();

  /**
   * @param type {@code gauge}, or {@code counter} for a count that is kept elsewhere
   */
  Gauge(String name, String type, String help, String... labelNames) {
    this.name = name;
    this.type = type;
    this.help = help;
    this.labelNames = labelNames;
  }

  void add(LongSupplier value, Object... labels) {
    values.put(Series.labels(labelNames, labels), value);
  }

  @Override
  public void write(StringBuilder out) {
    Series.head(out, name, type, help);
    values.forEach((labels, value) ->
        out.append(name).append('{').append(labels).append("} ")
            .append(Series.number(value.getAsLong())).append('\n'));
  }
}
