package dev.ebb.runtime.metrics;

import static dev.ebb.runtime.metrics.MetricsRegistry.ENGINE_INDEX;

import dev.ebb.engine.EngineObserver;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * What the engine does, counted under vLLM's names. Every series exists from the start at 0, so that a
 * query never meets nothing.
 */
@Singleton
public class VllmMetrics implements EngineObserver {
  private static final String COMPUTED = "local_compute";
  private static final String LOCAL_HIT = "local_cache_hit";
  private static final String EXTERNAL = "external_kv_transfer";
  private static final String DEVICE = "device";
  private static final String PEER = "p2p";

  private final String model;
  private final Counter.Child prefixQueries;
  private final Counter.Child prefixHits;
  private final Counter.Child externalQueries;
  private final Counter.Child externalHits;
  private final Counter.Child preemptions;
  private final Counter.Child promptTokens;
  private final Counter promptTokensBySource;
  private final Counter.Child cachedTokens;
  private final Counter cachedTokensBySource;
  private final Counter.Child generationTokens;
  private final Counter finished;
  private final Histogram.Child stepTokens;
  private final Histogram.Child firstToken;
  private final Histogram.Child interToken;
  private final RequestHistograms requests;
  private final HandOffSeries handOffs;
  private final OlderNames older;

  @Inject
  public VllmMetrics(MetricsRegistry r) {
    model = r.model();
    prefixQueries = r.counter("vllm:prefix_cache_queries",
        "Prefix cache queries, in terms of number of queried tokens.");
    prefixHits = r.counter("vllm:prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.");
    externalQueries = r.counter("vllm:external_prefix_cache_queries", "External prefix cache queries from KV "
        + "connector cross-instance cache sharing, in terms of number of queried tokens.");
    externalHits = r.counter("vllm:external_prefix_cache_hits", "External prefix cache hits from KV connector "
        + "cross-instance cache sharing, in terms of number of cached tokens.");
    preemptions = r.counter("vllm:num_preemptions", "Cumulative number of preemption from the engine.");
    promptTokens = r.counter("vllm:prompt_tokens", "Number of prefill tokens processed.");
    promptTokensBySource = r.counter("vllm:prompt_tokens_by_source", "Number of prompt tokens by source.",
        "source", COMPUTED, LOCAL_HIT, EXTERNAL);
    cachedTokens = r.counter("vllm:prompt_tokens_cached", "Number of cached prompt tokens (local + external).");
    cachedTokensBySource = r.counter("vllm:prompt_tokens_cached_by_source",
        "Prefix-cache hit tokens by the cache tier that supplied them: device (local HBM), host (offloaded to DRAM), "
            + "disk, p2p (transferred from another vLLM instance) or external_unspecified. Counted at admission; sums "
            + "to vllm:prefix_cache_hits + vllm:external_prefix_cache_hits.",
        "source", DEVICE, "host", PEER, "disk", "external_unspecified");
    generationTokens = r.counter("vllm:generation_tokens", "Number of generation tokens processed.");
    finished = r.counter("vllm:request_success", "Count of successfully processed requests.",
        "finished_reason", "stop", "length", "abort", "error", "repetition");
    stepTokens = r.histogram("vllm:iteration_tokens_total",
        "Histogram of number of tokens per engine_step.", Buckets.STEP_TOKENS);
    firstToken = r.histogram("vllm:time_to_first_token_seconds",
        "Histogram of time to first token in seconds.", Buckets.FIRST_TOKEN);
    interToken = r.histogram("vllm:inter_token_latency_seconds",
        "Histogram of inter-token latency in seconds.", Buckets.TOKEN_TIME);
    requests = new RequestHistograms(r);
    handOffs = new HandOffSeries(r);
    older = new OlderNames(r);
    new IdleFamilies(r);
  }

  @Override
  public void stepCompleted(int tokens, int prompt, int preempted) {
    stepTokens.observe(tokens);
    preemptions.inc(preempted);
    prompt(COMPUTED, prompt);
  }

  @Override
  public void prefixLooked(int queried, int localHits, int externalQueried, int externalFound) {
    prefixQueries.inc(queried);
    prefixHits.inc(localHits);
    externalQueries.inc(externalQueried);
    externalHits.inc(externalFound);
    older.prefixLooked(queried, localHits);
    cachedTokens.inc(localHits + externalFound);
    cachedTokensBySource.labels(ENGINE_INDEX, model, DEVICE).inc(localHits);
    cachedTokensBySource.labels(ENGINE_INDEX, model, PEER).inc(externalFound);
    prompt(LOCAL_HIT, localHits);
    prompt(EXTERNAL, externalFound);
  }

  @Override
  public void handedOver(long bytes, long bytesCopied, double seconds) {
    handOffs.handedOver(bytes, bytesCopied, seconds);
  }

  @Override
  public void kvCopied(long bytes) {
    handOffs.copied(bytes);
  }

  @Override
  public void handOffRecomputed(int tokens) {
    handOffs.recomputed(tokens);
  }

  private void prompt(String source, int tokens) {
    promptTokens.inc(tokens);
    promptTokensBySource.labels(ENGINE_INDEX, model, source).inc(tokens);
  }

  /** Tokens were generated. */
  public void generated(int tokens) {
    generationTokens.inc(tokens);
  }

  @Override
  public void firstToken(double seconds) {
    firstToken.observe(seconds);
  }

  @Override
  public void interToken(double seconds) {
    interToken.observe(seconds);
    older.interToken(seconds);
  }

  @Override
  public void requestFinished(RequestStats stats) {
    finished.labels(ENGINE_INDEX, model, stats.reason().label()).inc();
    requests.record(stats);
  }
}
