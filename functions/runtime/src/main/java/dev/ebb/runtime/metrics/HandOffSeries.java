package dev.ebb.runtime.metrics;

import static dev.ebb.runtime.metrics.MetricsRegistry.ENGINE_INDEX;

import io.prometheus.client.Counter;

/** By what transport hand-offs came, how many bytes that took, and for how long: none falls back without a number. */
final class HandOffSeries {
  /** The blocks were mapped in the arena that both functions share. */
  private static final String ARENA = "arena";

  /** They could not be had, so the prompt was computed again. */
  private static final String NONE = "none";

  private static final String MAPPED = "mapped";
  private static final String COPIED = "copied";

  private final String model;
  private final Counter handOffs;
  private final Counter bytes;
  private final Counter.Child seconds;
  private final Counter.Child recomputedTokens;
  private final Counter.Child copiedBytes;

  HandOffSeries(MetricsRegistry r) {
    model = r.model();
    handOffs = r.counter("ebb_hand_offs",
        "Hand-offs by transport: 'arena' = the blocks were mapped, 'none' = the prompt was computed again.",
        "transport", ARENA, NONE);
    bytes = r.counter("ebb_hand_off_bytes",
        "Bytes of key/value blocks that hand-offs brought, and bytes that were copied for it.", "way", MAPPED, COPIED);
    seconds = r.counter("ebb_hand_off_seconds", "Time in which hand-offs were taken over.");
    recomputedTokens = r.counter("ebb_hand_off_recomputed_tokens",
        "Prompt tokens computed again because the blocks of their hand-off were gone.");
    copiedBytes = r.counter("ebb_kv_copied_bytes",
        "Bytes of key/value blocks copied to other blocks for any reason; not what a backend moves to its device.");
  }

  void handedOver(long mapped, long copied, double took) {
    handOffs.labels(ENGINE_INDEX, model, ARENA).inc();
    bytes.labels(ENGINE_INDEX, model, MAPPED).inc(mapped);
    bytes.labels(ENGINE_INDEX, model, COPIED).inc(copied);
    seconds.inc(took);
  }

  void recomputed(int tokens) {
    handOffs.labels(ENGINE_INDEX, model, NONE).inc();
    recomputedTokens.inc(tokens);
  }

  void copied(long bytes) {
    copiedBytes.inc(bytes);
  }
}
