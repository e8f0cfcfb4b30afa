package dev.ebb.router.app.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Counts of observations up to each of a few bounds, per combination of label values. Thread-safe. */
public final class Histogram implements Series {
  private final String name;
  private final String help;
  private final double[] bounds;
  private final String[] labelNames;
  private final Map<String, Cell> cells = new ConcurrentSkipListMap<>();

  private static final class Cell {
    final long[] counts;
    double sum;

    Cell(int bounds) {
      counts = new long[bounds + 1];
    }
  }

  Histogram(String name, String help, double[] bounds, String... labelNames) {
    this.name = name;
    this.help = help;
    this.bounds = bounds;
    this.labelNames = labelNames;
  }

  public void observe(double value, Object... labels) {
    Cell cell = cell(labels);
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    synchronized (cell) {
      cell.counts[bucket]++;
      cell.sum += value;
    }
  }

  /** Makes the series exist before its first observation. */
  Cell cell(Object... labels) {
    return cells.computeIfAbsent(Series.labels(labelNames, labels), key -> new Cell(bounds.length));
  }

  @Override
  public void write(StringBuilder out) {
    Series.head(out, name, "histogram", help);
    cells.forEach((labels, cell) -> write(out, labels, cell));
  }

  private void write(StringBuilder out, String labels, Cell cell) {
    synchronized (cell) {
      long total = 0;
      for (int i = 0; i <= bounds.length; i++) {
        total += cell.counts[i];
        String bound = i < bounds.length ? Series.number(bounds[i]) : "+Inf";
        out.append(name).append("_bucket{").append(labels).append(",le=\"").append(bound).append("\"} ")
            .append(Series.number(total)).append('\n');
      }
      out.append(name).append("_count{").append(labels).append("} ").append(Series.number(total)).append('\n');
      out.append(name).append("_sum{").append(labels).append("} ").append(Series.number(cell.sum)).append('\n');
    }
  }
}
