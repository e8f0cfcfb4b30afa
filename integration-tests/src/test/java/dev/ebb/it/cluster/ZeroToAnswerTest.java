package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.WakeWatch;
import dev.ebb.it.harness.Await;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing is awake, one request comes: what happens until its answer, and that all is at zero again after it. */
@Tag("cluster")
final class ZeroToAnswerTest {
  /** The bound on all that is not the function's own start. */
  private static final double OVERHEAD_SECONDS = 2.0;

  private final Installation ebb = Installation.shared();

  @Test
  void oneRequestWakesTheFunctionAndItSleepsAgain() {
    Installation.awaitZero();
    Stages first = wake("push");
    Installation.awaitZero();
    Await.pause(5_000);
    Stages again = wake("5 s after a scale-in");
    assertTrue(overhead(first) <= OVERHEAD_SECONDS, () -> "overhead " + overhead(first) + " s: " + first);
    assertTrue(overhead(again) <= OVERHEAD_SECONDS, () -> "overhead " + overhead(again) + " s: " + again);
  }

  private Stages wake(String name) {
    Stages stages = new Stages();
    try (WakeWatch watch = new WakeWatch(stages, Installation.NAMESPACE, Installation.labels(Installation.DECODE))) {
      JsonNode answer = ebb.router().post("/v1/chat/completions", Map.of("model", Installation.MODEL, "max_tokens", 8,
          "temperature", 0, "messages", new Object[] {Map.of("role", "user", "content", "Say hello.")})).ok();
      stages.reached("answered");
      assertEquals(8, answer.at("/usage/completion_tokens").asInt(), answer.toString());
    }
    System.out.printf("wake (%s), seconds: %s | overhead %.2f%n", name, stages, overhead(stages));
    return stages;
  }

  /** All but the function's own start, from its process to its readiness. */
  private static double overhead(Stages stages) {
    double ready = Math.min(stages.at("answered"), stages.has("ready") ? stages.at("ready") : Double.MAX_VALUE);
    return stages.at("answered") - (ready - stages.at("started"));
  }
}
