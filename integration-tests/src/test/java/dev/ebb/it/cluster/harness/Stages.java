package dev.ebb.it.cluster.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** When each stage was first seen, in seconds after the beginning. Thread-safe. */
public final class Stages {
  private final long begin = System.nanoTime();
  private final Map<String, Double> seen = new LinkedHashMap<>();

  /** The stage is reached, unless it was. */
  public synchronized void reached(String stage) {
    seen.putIfAbsent(stage, seconds());
  }

  /** Seconds after the beginning. */
  public double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  /** Seconds at which the stage was reached; fails when it was not. */
  public synchronized double at(String stage) {
    Double at = seen.get(stage);
    if (at == null) {
      throw new AssertionError("stage " + stage + " was not seen; seen were " + seen);
    }
    return at;
  }

  public synchronized boolean has(String stage) {
    return seen.containsKey(stage);
  }

  /** A row of a table: the stages in the order in which they were reached. */
  @Override
  public synchronized String toString() {
    Function<Map.Entry<String, Double>, String> text = one -> "%s %.2f".formatted(one.getKey(), one.getValue());
    return seen.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(text)
        .reduce((left, right) -> left + " | " + right).orElse("nothing was seen");
  }
}
