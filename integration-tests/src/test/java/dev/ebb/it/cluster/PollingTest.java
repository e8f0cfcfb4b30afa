package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Load;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.cluster.harness.WakeWatch;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Demand wakes functions without a push: KEDA asks Prometheus. */
@Tag("cluster")
final class PollingTest {
  private static final String PUSH = "\\{\"type\":\"external-push\".*?\\}\\},\\s*";

  @Test
  void prometheusAloneWakes() {
    try (Variant polled = Variant.of("polled", Variant::decodeOnly)
        .edit("knative-service-", text -> text.replaceFirst("(?s)" + PUSH, ""))) {
      polled.apply().awaitReady().awaitZero();
      String triggers = Cluster.kubectl("get", "scaledobject", "-n", "polled", "-o",
          "jsonpath={.items[*].spec.triggers[*].type}");
      assertEquals("prometheus prometheus prometheus", triggers.strip());
      Stages stages = new Stages();
      try (WakeWatch watch = new WakeWatch(stages, "polled", Installation.labels(Installation.DECODE))) {
        JsonNode answer = polled.router(Installation.MODEL).post("/v1/completions", Map.of("model",
            Installation.MODEL, "prompt", "Hello", "max_tokens", 8, "ignore_eos", true)).ok();
        stages.reached("answered");
        assertEquals(8, answer.at("/usage/completion_tokens").asInt(), answer.toString());
      }
      System.out.println("wake (Prometheus alone), seconds: " + stages);
      polled.awaitZero();
    }
  }

  /** Pitfall 6. The stream of KEDA ends with the router, and what comes next is heard by polling. */
  @DisplayName("pitfall 6: KEDA's push stream drops")
  @Test
  void aWakeAfterThePushStreamBroke() {
    Installation ebb = Installation.shared();
    Installation.awaitZero();
    String router = Installation.MODEL + "-router";
    Cluster.kubectl("delete", "pod", "-n", "ebb", Cluster.podsOf("ebb", router).getFirst(), "--grace-period=0",
        "--force");
    Cluster.kubectl("rollout", "status", "-n", "ebb", "deployment/" + router, "--timeout=120s");
    Await.until("the router answers", Duration.ofSeconds(60), () -> ebb.router().answers("/v1/models"));
    Load.Outcome outcome = Load.once(ebb.router());
    System.out.println("wake after the push stream broke: " + outcome);
    assertEquals(0, outcome.lost(), outcome.toString());
  }
}
