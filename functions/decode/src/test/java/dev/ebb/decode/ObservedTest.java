package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.events.EventTypes;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.PrometheusText;
import dev.ebb.runtime.testing.VllmFamily;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Health and series over HTTP. */
@QuarkusTest
class ObservedTest extends DecodeTest {
  @Test
  void bothPathsServePrometheusText() {
    for (String path : Set.of("/metrics", "/q/metrics")) {
      var response = function.get(path);
      assertEquals(200, response.statusCode());
      assertEquals("text/plain; version=0.0.4; charset=utf-8",
          response.headers().firstValue("content-type").orElseThrow());
      PrometheusText.parse(response.body());
    }
  }

  @Test
  void theStoreIsDescribedAsVllmDescribesIt() {
    PrometheusText text = function.metrics();
    VllmFamily.all().stream().filter(family -> family.name().equals("vllm:cache_config_info")).findFirst()
        .orElseThrow().assertIn(text);
    Map<String, String> labels = text.samples("vllm:cache_config_info").getFirst().labels();
    assertEquals("16", labels.get("block_size"));
    assertEquals("16384", labels.get("kv_cache_size_tokens"));
    assertEquals("1024", labels.get("num_gpu_blocks"));
  }

  @Test
  void everyRequestIsCounted() {
    PrometheusText before = function.metrics();
    assertEquals(200, function.post(EventTypes.DECODE_REQUESTED, FunctionClient.work("m", "count me", 6)).statusCode());
    FunctionClient.await("the request's end", () -> grown(before, "vllm:e2e_request_latency_seconds_count") == 1);
    assertEquals(8, grown(before, "vllm:prompt_tokens_total"));
    assertEquals(8, grown(before, "vllm:prompt_tokens_by_source_total"));
    assertEquals(6, grown(before, "vllm:generation_tokens_total"));
    assertEquals(1, grown(before, "vllm:time_to_first_token_seconds_count"));
    assertEquals(5, grown(before, "vllm:inter_token_latency_seconds_count"));
    assertEquals(1, grown(before, "vllm:request_success_total"));
    assertEquals(6, grown(before, "vllm:request_params_max_tokens_sum"));
  }

  private double grown(PrometheusText before, String name) {
    return function.metrics().value(name) - before.value(name);
  }

  @Test
  void theStartIsTimedByStage() {
    assertEquals(Set.of("jvm", "model_map", "tokenizer", "arena", "weights_load", "ready"),
        function.metrics().samples("ebb_start_stage_seconds").stream()
            .map(sample -> sample.labels().get("stage")).collect(Collectors.toSet()));
  }

  @Test
  void healthIsUp() {
    assertEquals(200, function.get("/q/health/live").statusCode());
    assertTrue(function.get("/q/health/ready").body().contains("UP"));
  }
}
