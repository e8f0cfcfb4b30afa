package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Quota;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two models take turns on one GPU, each as a Knative service or as a plain Deployment. */
@Tag("cluster")
final class TurnsTest {
  private static final int TOKENS = 8;

  /** Each answers, whoever held the GPU before. What the change costs is printed: it is why there are two modes. */
  @ParameterizedTest
  @ValueSource(strings = {"knative", "deployment"})
  void twoModelsTakeTurnsOnOneGpu(String mode) {
    try (Variant turns = Variant.of("turns", text -> twoModels(text, mode)).apply()) {
      if (mode.equals("knative")) {
        turns.awaitReady();
      }
      turns.awaitZero();
      // One device on a node of two, so that the quota alone does not give it twice.
      Quota.occupy("turns", "serving", "turns-urgent");
      ask(turns, "first");
      Stages stages = new Stages();
      Thread other = Thread.ofVirtual().start(() -> ask(turns, "second"));
      Await.until("first is gone", Duration.ofSeconds(180), () -> pods("first") == 0);
      stages.reached("first gone");
      join(other);
      stages.reached("second answered");
      System.out.println("taking turns (" + mode + "), seconds after the first answer: " + stages);
      Quota.leave("turns");
    }
  }

  private static void ask(Variant turns, String model) {
    assertEquals(TOKENS, turns.router(model).post("/v1/completions", Map.of("model", model, "prompt", "Hello",
        "max_tokens", TOKENS, "ignore_eos", true)).ok().at("/usage/completion_tokens").asInt());
  }

  private static long pods(String model) {
    return Cluster.kube().pods().inNamespace("turns").withLabel("ebb.dev/model", model)
        .withLabel("ebb.dev/phase").list().getItems().size();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String twoModels(String text, String mode) {
    return Variant.models(Variant.decodeOnly(text).replace("    decode:\n", "    decode:\n      mode: " + mode + "\n"),
        "first", "second");
  }
}
