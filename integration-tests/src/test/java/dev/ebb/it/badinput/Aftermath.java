package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import dev.ebb.it.harness.Metrics;
import dev.ebb.it.harness.TestModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What must hold after every bad input. */
final class Aftermath {
  private static final List<String> GAUGES =
      List.of("vllm:kv_cache_usage_perc", "vllm:num_requests_running", "vllm:num_requests_waiting");

  private Aftermath() {}

  /** The router is healthy, nothing is held, and a good request is answered. */
  static void verify(EbbInstance ebb) {
    assertTrue(ebb.api().answers("/q/health/live"), "live");
    assertTrue(ebb.api().answers("/q/health/ready"), "ready");
    for (EbbProcess function : ebb.functions()) {
      for (String gauge : GAUGES) {
        Await.until(gauge + " of " + function + " back at 0", Duration.ofSeconds(20),
            () -> Metrics.of(function).sum(gauge) == 0);
      }
    }
    Api.Reply reply = ebb.api().post("/v1/completions",
        Map.of("model", TestModel.ID, "prompt", "Good morning,", "max_tokens", 2, "temperature", 0));
    assertEquals(200, reply.status(), reply::text);
  }
}
