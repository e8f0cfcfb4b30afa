package dev.ebb.runtime.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.EngineObserver;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.testing.PrometheusText;
import dev.ebb.runtime.testing.VllmFamily;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VllmMetricsTest {
  private static final String ESTIMATES =
      "needs an estimate of arithmetic and memory traffic per GPU, which nothing here makes; a 0 would read as idle";

  /** What vLLM has and Ebb does not, and why. */
  private static final Map<String, String> EXCLUDED = new TreeMap<>(Map.of(
      "vllm:estimated_flops_per_gpu_total", ESTIMATES,
      "vllm:estimated_flops_per_gpu_created", ESTIMATES,
      "vllm:estimated_read_bytes_per_gpu_total", ESTIMATES,
      "vllm:estimated_read_bytes_per_gpu_created", ESTIMATES,
      "vllm:estimated_write_bytes_per_gpu_total", ESTIMATES,
      "vllm:estimated_write_bytes_per_gpu_created", ESTIMATES));

  /** Describes the store, so it is there only once the store is; the functions' tests look at it. */
  private static final String ONCE_UP = "vllm:cache_config_info";

  private VllmMetrics metrics;
  private MetricsRoute route;

  @BeforeEach
  void start() {
    MetricsRegistry registry = new MetricsRegistry("m");
    metrics = new VllmMetrics(registry);
    new LiveGauges(registry, new EngineHost(null, EngineObserver.NONE, null));
    route = new MetricsRoute(registry);
  }

  static List<VllmFamily> families() {
    return VllmFamily.all().stream()
        .filter(family -> !EXCLUDED.containsKey(family.name()) && !family.name().equals(ONCE_UP))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("families")
  void eachFamilyIsThereFromTheStartAsVllmHasIt(VllmFamily family) {
    family.assertIn(read());
  }

  @Test
  void everyVllmSeriesStartsAtZero() {
    read().families().forEach((name, family) -> {
      boolean counts =
          name.startsWith("vllm:") && !name.endsWith("_created") && !name.equals("vllm:engine_sleep_state");
      if (counts) {
        family.samples().forEach(sample -> assertEquals(0, sample.value(), sample::toString));
      }
    });
    assertEquals(1, read().value("vllm:engine_sleep_state"));
  }

  @Test
  void anExcludedFamilyIsReallyAbsent() {
    EXCLUDED.keySet().forEach(name -> assertNull(read().families().get(name), name));
  }

  static Stream<String> olderNames() {
    return Stream.of("vllm:gpu_cache_usage_perc", "vllm:time_per_output_token_seconds_count",
        "vllm:gpu_prefix_cache_queries_total", "vllm:gpu_prefix_cache_hits_total");
  }

  @ParameterizedTest
  @MethodSource("olderNames")
  void olderNamesAreStillThere(String name) {
    assertEquals(0, read().value(name));
  }

  @Test
  void anEngineStepCounts() {
    metrics.prefixLooked(40, 16, 24, 8);
    metrics.stepCompleted(20, 16, 2);
    metrics.firstToken(0.03);
    metrics.interToken(0.2);
    metrics.interToken(0.02);
    metrics.generated(3);
    PrometheusText text = read();
    assertEquals(40, text.value("vllm:prompt_tokens_total"));
    assertEquals(Map.of("local_compute", 16.0, "local_cache_hit", 16.0, "external_kv_transfer", 8.0),
        by("source", text, "vllm:prompt_tokens_by_source_total"));
    assertEquals(24, text.value("vllm:prompt_tokens_cached_total"));
    assertEquals(24, text.value("vllm:prompt_tokens_cached_by_source_total"));
    assertEquals(16, text.value("vllm:prefix_cache_hits_total"));
    assertEquals(8, text.value("vllm:external_prefix_cache_hits_total"));
    assertEquals(2, text.value("vllm:num_preemptions_total"));
    assertEquals(3, text.value("vllm:generation_tokens_total"));
    assertEquals(20, text.value("vllm:iteration_tokens_total_sum"));
    assertEquals(1, text.value("vllm:time_to_first_token_seconds_count"));
    assertEquals(0.22, text.value("vllm:inter_token_latency_seconds_sum"), 1e-9);
    assertEquals(2, text.value("vllm:time_per_output_token_seconds_count"));
  }

  @Test
  void handOffsCountByTransport() {
    metrics.handedOver(3_000, 0, 0.25);
    metrics.handOffRecomputed(40);
    metrics.kvCopied(500);
    PrometheusText text = read();
    assertEquals(Map.of("arena", 1.0, "none", 1.0), by("transport", text, "ebb_hand_offs_total"));
    assertEquals(Map.of("mapped", 3_000.0, "copied", 0.0), by("way", text, "ebb_hand_off_bytes_total"));
    assertEquals(0.25, text.value("ebb_hand_off_seconds_total"));
    assertEquals(40, text.value("ebb_hand_off_recomputed_tokens_total"));
    assertEquals(500, text.value("ebb_kv_copied_bytes_total"));
    metrics.handedOver(3_000, 3_000, 0.25);
    assertEquals(Map.of("mapped", 6_000.0, "copied", 3_000.0), by("way", read(), "ebb_hand_off_bytes_total"));
  }

  @Test
  void aFinishedRequestEntersItsHistograms() {
    metrics.requestFinished(new EngineObserver.RequestStats(
        FinishReason.LENGTH, 40, 24, 8, 16, 5, 5, 5, 1, 0, 1.0, 0.1, 0.5, 0.4));
    PrometheusText text = read();
    PrometheusText.Sample finished = text.samples("vllm:request_success_total").stream()
        .filter(sample -> sample.value() > 0).findFirst().orElseThrow();
    assertEquals("length", finished.labels().get("finished_reason"));
    assertEquals(0.1, text.value("vllm:request_time_per_output_token_seconds_sum"), 1e-9);
    assertEquals(0.9, text.value("vllm:request_inference_time_seconds_sum"), 1e-9);
    assertEquals(16, text.value("vllm:request_prefill_kv_computed_tokens_sum"));
    assertTrue(text.samples("vllm:request_prompt_tokens_bucket").stream()
        .anyMatch(s -> s.labels().get("le").equals("50.0") && s.value() == 1));
  }

  /** Three answers of 5, 4 and 2 tokens, generated side by side, of up to 100. */
  @Test
  void theLongestOfSeveralAnswersIsTheMeasure() {
    metrics.requestFinished(new EngineObserver.RequestStats(
        FinishReason.STOP, 40, 0, 0, 40, 11, 5, 100, 3, 0, 1.0, 0.1, 0.5, 0.4));
    PrometheusText text = read();
    assertEquals(5, text.value("vllm:request_max_num_generation_tokens_sum"));
    assertEquals(100, text.value("vllm:request_params_max_tokens_sum"));
    assertEquals(11, text.value("vllm:request_generation_tokens_sum"));
    assertEquals(0.1, text.value("vllm:request_time_per_output_token_seconds_sum"), 1e-9);
  }

  private static Map<String, Double> by(String label, PrometheusText text, String name) {
    Map<String, Double> values = new TreeMap<>();
    text.samples(name).forEach(sample -> values.put(sample.labels().get(label), sample.value()));
    return values;
  }

  private PrometheusText read() {
    return PrometheusText.parse(route.text());
  }
}
