package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Quota;
import dev.ebb.it.cluster.harness.StreamedAnswer;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kueue's quota stands between demand and pods: nothing is taken for a failure, and nothing is lost. */
@Tag("cluster")
final class QuotaTest {
  private static final String DECODE = "ebb.dev/phase=decode";
  private static final String PROMPT = "The lighthouse keeper";

  private final Installation ebb = Installation.shared();

  @AfterEach
  void restore() {
    Quota.gpus("ebb", "serving", 2);
    Cluster.setting("config-deployment", "pod-is-always-schedulable", "true");
  }

  /** Pitfall 1. The first pod must be ready once, or Serving gives the revision up. */
  @DisplayName("pitfall 1: first rollout with quota 0, then freed")
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void aFirstRolloutAtQuotaZeroBecomesReadyWhenThereIsSome(String alwaysSchedulable) {
    Cluster.setting("config-deployment", "pod-is-always-schedulable", alwaysSchedulable);
    try (Variant first = Variant.of("first", Variant::decodeOnly)) {
      first.edit("cluster-queue", text -> text.replaceAll("(nvidia.com/gpu\n *nominalQuota: )'2'", "$1'0'")).apply();
      Quota.awaitGated("first", DECODE);
      Await.pause(5_000);
      assertTells("first", "place 1 in serving");
      Quota.gpus("first", "serving", 1);
      first.awaitReady();
      assertEquals(4, first.router(Installation.MODEL).post("/v1/completions", Map.of("model", Installation.MODEL,
          "prompt", PROMPT, "max_tokens", 4, "ignore_eos", true)).ok().at("/usage/completion_tokens").asInt());
    }
  }

  /** Pitfall 3. */
  @DisplayName("pitfall 3: a gated pod, with pod-is-always-schedulable and without")
  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  @Tag("short")
  void aGatedPodIsNoFailureAndTheStreamIsToldItsPlace(String alwaysSchedulable) {
    Cluster.setting("config-deployment", "pod-is-always-schedulable", alwaysSchedulable);
    Installation.awaitZero();
    Quota.gpus("ebb", "serving", 0);
    try (StreamedAnswer answer = StreamedAnswer.begin(ebb.router(), Installation.MODEL, PROMPT, 8)) {
      String line = answer.awaitComment("waiting for quota, position 1");
      Await.pause(5_000);
      assertTells("ebb", "place 1 in serving");
      assertEquals(List.of(), answer.tokens());
      Quota.gpus("ebb", "serving", 2);
      assertEquals(8, answer.whole().size());
      System.out.println("pod-is-always-schedulable " + alwaysSchedulable + ", told: " + line);
    }
  }

  @Test
  void anotherModelAnswersWhileThisOneWaits() {
    try (Variant two = Variant.of("two", QuotaTest::twoModels).apply().awaitReady().awaitZero()) {
      Quota.gpus("two", "serving", 1);
      Api small = two.router("small");
      Api large = two.router("large");
      try (StreamedAnswer busy = StreamedAnswer.begin(small, "small", PROMPT, 1_000)) {
        busy.awaitTokens(1);
        Api.Reply reply = large.post("/v1/completions", Map.of("model", "large", "prompt", PROMPT, "max_tokens", 4,
            "ignore_eos", true));
        JsonNode answer = reply.ok();
        assertEquals("small", answer.path("model").asText(), answer.toString());
        assertEquals(4, answer.at("/usage/completion_tokens").asInt());
        String says = reply.headers().get("x-ebb-degraded").getFirst();
        assertTrue(says.startsWith("from=large; reason=waiting for quota"), says);
        System.out.println("degraded: " + says);
      }
    }
  }

  /** The same file under two names, of which the one gives way to the other. */
  private static String twoModels(String text) {
    return Variant.models(Variant.decodeOnly(text), "large\n    whenWaiting: degrade\n    degradeTo: small", "small");
  }

  private static void assertTells(String namespace, String words) {
    String status = Cluster.ebb("status", "-n", namespace, "--name", namespace).output();
    assertTrue(status.contains(words), status);
    // Of decode: in prefill's line may stand what KEDA said while another test had taken the router away.
    assertTrue(status.lines().filter(line -> line.contains("-decode "))
        .noneMatch(line -> line.toLowerCase(Locale.ROOT).contains("failed")), status);
  }
}
