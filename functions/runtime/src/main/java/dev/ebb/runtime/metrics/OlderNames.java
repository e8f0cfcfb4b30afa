package dev.ebb.runtime.metrics;

import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;

/**
 * Series under names that vLLM gave them before; dashboards and schedulers still ask for them. The
 * gauge {@code vllm:gpu_cache_usage_perc} is with the other gauges.
 */
final class OlderNames {
  private final Histogram.Child timePerOutputToken;
  private final Counter.Child prefixQueries;
  private final Counter.Child prefixHits;

  OlderNames(MetricsRegistry r) {
    timePerOutputToken = r.histogram("vllm:time_per_output_token_seconds",
        "Histogram of time per output token in seconds. Older name of vllm:inter_token_latency_seconds.",
        Buckets.TOKEN_TIME);
    prefixQueries = r.counter("vllm:gpu_prefix_cache_queries", "Older name of vllm:prefix_cache_queries.");
    prefixHits = r.counter("vllm:gpu_prefix_cache_hits", "Older name of vllm:prefix_cache_hits.");
  }

  void interToken(double seconds) {
    timePerOutputToken.observe(seconds);
  }

  void prefixLooked(int queried, int hits) {
    prefixQueries.inc(queried);
    prefixHits.inc(hits);
  }
}
