package dev.ebb.runtime.metrics;

import dev.ebb.engine.kv.Arena;
import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.start.RunningEngine;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** {@code vllm:cache_config_info}: the key/value store in labels; there once the store is. */
final class CacheConfigSeries extends Collector {
  private static final String NAME = "vllm:cache_config_info";
  private static final String HELP = "Information of the LLMEngine CacheConfig";
  private static final String NONE = "None";
  private static final String NO = "False";
  private static final String YES = "True";

  private final EngineHost host;

  CacheConfigSeries(EngineHost host) {
    this.host = host;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(new MetricFamilySamples(NAME, Type.GAUGE, HELP,
        host.engine().map(CacheConfigSeries::sample).map(List::of).orElse(List.of())));
  }

  private static MetricFamilySamples.Sample sample(RunningEngine running) {
    Map<String, String> labels = labels(running);
    return new MetricFamilySamples.Sample(
        NAME, List.copyOf(labels.keySet()), new ArrayList<>(labels.values()), 1);
  }

  /** Every label of vLLM's family; what has no meaning here says so as vLLM does. */
  private static Map<String, String> labels(RunningEngine running) {
    Arena arena = running.arena();
    String blockTokens = Integer.toString(arena.layout().blockTokens());
    int window = running.model().config().slidingWindow();
    Map<String, String> labels = new TreeMap<>();
    absent(labels);
    labels.put(MetricsRegistry.ENGINE, MetricsRegistry.ENGINE_INDEX);
    labels.put("_block_size_resolved", YES);
    labels.put("block_size", blockTokens);
    labels.put("effective_attention_block_size", blockTokens);
    labels.put("hash_block_size", blockTokens);
    labels.put("cache_dtype", arena.layout().type().name().toLowerCase(Locale.ROOT));
    labels.put("enable_prefix_caching", YES);
    labels.put("prefix_caching_hash_algo", "sha256_cbor");
    labels.put("kv_cache_layout", "block-first");
    labels.put("kv_cache_memory_bytes", Long.toString(arena.blockMemory().byteSize()));
    labels.put("kv_cache_size_tokens", Integer.toString(arena.tokens()));
    labels.put("kv_cache_max_concurrency", String.format(Locale.ROOT, "%.2f",
        (double) arena.tokens() / running.model().config().contextLength()));
    labels.put("num_gpu_blocks", Integer.toString(arena.blocks()));
    labels.put("sliding_window", window == 0 ? NONE : Integer.toString(window));
    return labels;
  }

  private static void absent(Map<String, String> labels) {
    for (String name : List.of("cache_hit_alignment_tokens", "gpu_memory_utilization", "kv_offloading_backend",
        "kv_offloading_size", "mamba_block_size", "mamba_cache_dtype", "mamba_cache_mode", "mamba_page_size_padded",
        "mamba_ssm_cache_dtype", "num_cpu_blocks", "num_gpu_blocks_override", "prefix_cache_retention_interval",
        "prefix_match_unit", "replayssm_buffer_len", "skip_page_size_padded")) {
      labels.put(name, NONE);
    }
    for (String name : List.of("enable_mamba_shared_prefix_checkpoint", "is_attention_free", "kv_sharing_fast_prefill",
        "swa_bounded_replay", "use_kda_recoverssm", "use_replayssm", "user_specified_block_size")) {
      labels.put(name, NO);
    }
    labels.put("kv_cache_dtype_skip_layers", "[]");
  }
}
