package dev.ebb.runtime.start;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** How long each part of the start took, in seconds; safe to read while the start goes on. */
public final class StartStages {
  /** Process start until the application's code runs. */
  public static final String JVM = "jvm";

  /** Mapping and validating the model file. */
  public static final String MODEL_MAP = "model_map";

  /** Building the tokenizer, beside the weights. */
  public static final String TOKENIZER = "tokenizer";

  /** Handing the weights to the backend. */
  public static final String WEIGHTS_LOAD = "weights_load";

  /** Opening the key/value arena. */
  public static final String ARENA = "arena";

  /** Process start until the first request can be served. */
  public static final String READY = "ready";

  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /** Runs a stage and records its time when it succeeds. */
  public <T> T time(String stage, Supplier<T> work) {
    long start = System.nanoTime();
    T result = work.get();
    record(stage, (System.nanoTime() - start) / 1e9);
    return result;
  }

  /** Records the time since the process started. */
  public void sinceProcessStart(String stage) {
    record(stage, ProcessAge.seconds());
  }

  private synchronized void record(String stage, double value) {
    seconds.put(stage, value);
  }

  /** Seconds by stage, in the order in which they ended. */
  public synchronized Map<String, Double> seconds() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(seconds));
  }

  /** One line for the log. */
  @Override
  public String toString() {
    return seconds().entrySet().stream()
        .map(e -> "%s %.3f s".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
