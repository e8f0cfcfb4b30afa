package dev.ebb.runtime.metrics;

import io.prometheus.client.Counter;

/**
 * Families of things that never happen here, at the 0 that is true of them: there are no images to
 * cache, and no request is turned away by a queue limit.
 */
final class IdleFamilies {
  IdleFamilies(MetricsRegistry r) {
    r.counter("vllm:mm_cache_queries", "Multi-modal cache queries, in terms of number of queried items.");
    r.counter("vllm:mm_cache_hits", "Multi-modal cache hits, in terms of number of cached items.");
    Counter rejections = Counter
        .build("vllm:admission_rejections",
            "Number of admission attempts rejected by a queue limit, by reason.")
        .labelNames(MetricsRegistry.MODEL, "reason")
        .register(r.collectors());
    rejections.labels(r.model(), "max_num_queued_reqs");
    rejections.labels(r.model(), "max_num_queued_tokens");
  }
}
