package dev.ebb.runtime.metrics;

import dev.ebb.engine.EngineObserver.RequestStats;
import io.prometheus.client.Histogram;

/** The histograms that a request enters when it ends. */
final class RequestHistograms {
  private final Histogram.Child promptTokens;
  private final Histogram.Child generationTokens;
  private final Histogram.Child maxGenerationTokens;
  private final Histogram.Child paramsN;
  private final Histogram.Child paramsMaxTokens;
  private final Histogram.Child timePerOutputToken;
  private final Histogram.Child endToEnd;
  private final Histogram.Child queueTime;
  private final Histogram.Child inferenceTime;
  private final Histogram.Child prefillTime;
  private final Histogram.Child decodeTime;
  private final Histogram.Child preemptions;
  private final Histogram.Child computedTokens;

  RequestHistograms(MetricsRegistry r) {
    promptTokens = r.histogram("vllm:request_prompt_tokens", "Number of prefill tokens processed.", Buckets.TOKENS);
    generationTokens = r.histogram("vllm:request_generation_tokens",
        "Number of generation tokens processed.", Buckets.TOKENS);
    maxGenerationTokens = r.histogram("vllm:request_max_num_generation_tokens",
        "Histogram of maximum number of requested generation tokens.", Buckets.TOKENS);
    paramsN = r.histogram("vllm:request_params_n", "Histogram of the n request parameter.", Buckets.ANSWERS);
    paramsMaxTokens = r.histogram("vllm:request_params_max_tokens",
        "Histogram of the max_tokens request parameter.", Buckets.TOKENS);
    timePerOutputToken = r.histogram("vllm:request_time_per_output_token_seconds",
        "Histogram of time_per_output_token_seconds per request.", Buckets.TOKEN_TIME);
    endToEnd = r.histogram("vllm:e2e_request_latency_seconds",
        "Histogram of e2e request latency in seconds.", Buckets.REQUEST_TIME);
    queueTime = r.histogram("vllm:request_queue_time_seconds",
        "Histogram of time spent in WAITING phase for request.", Buckets.REQUEST_TIME);
    inferenceTime = r.histogram("vllm:request_inference_time_seconds",
        "Histogram of time spent in RUNNING phase for request.", Buckets.REQUEST_TIME);
    prefillTime = r.histogram("vllm:request_prefill_time_seconds",
        "Histogram of time spent in PREFILL phase for request.", Buckets.REQUEST_TIME);
    decodeTime = r.histogram("vllm:request_decode_time_seconds",
        "Histogram of time spent in DECODE phase for request.", Buckets.REQUEST_TIME);
    preemptions = r.histogram("vllm:request_num_preemptions",
        "Histogram of the number of times a request was preempted.", Buckets.PREEMPTIONS);
    computedTokens = r.histogram("vllm:request_prefill_kv_computed_tokens",
        "Histogram of new KV tokens computed during prefill (excluding cached tokens).", Buckets.TOKENS);
  }

  void record(RequestStats stats) {
    promptTokens.observe(stats.promptTokens());
    generationTokens.observe(stats.generatedTokens());
    maxGenerationTokens.observe(stats.longestAnswer());
    paramsN.observe(stats.n());
    paramsMaxTokens.observe(stats.maxTokens());
    // The first token belongs to prefill; the answers are generated side by side, so the longest took the time.
    int decoded = stats.longestAnswer() - 1;
    timePerOutputToken.observe(decoded > 0 ? stats.decodeSeconds() / decoded : 0);
    endToEnd.observe(stats.e2eSeconds());
    queueTime.observe(stats.queueSeconds());
    inferenceTime.observe(stats.prefillSeconds() + stats.decodeSeconds());
    prefillTime.observe(stats.prefillSeconds());
    decodeTime.observe(stats.decodeSeconds());
    preemptions.observe(stats.preemptions());
    computedTokens.observe(stats.computedPromptTokens());
  }
}
