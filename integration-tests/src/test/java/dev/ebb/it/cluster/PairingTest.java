package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.LongPrompt;
import dev.ebb.it.cluster.harness.Quota;
import dev.ebb.it.cluster.harness.QuotaWatch;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Api;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who gets a GPU that both phases want. The rule: prefill asks for quota once decode has its own; a model has both, or
 * decode alone, which then computes its prompts itself; never a prefill whose decode waits.
 */
@Tag("cluster")
final class PairingTest {
  private static final int TOKENS = 16;

  @AfterEach
  void restore() {
    Quota.gpus("ebb", "serving", 2);
    Cluster.gpus(2);
  }

  /** Pitfall 10. */
  @DisplayName("pitfall 10: prefill alive but decode unadmitted")
  @Test
  void withOneGpuDecodeAnswersALongPromptAloneFromZero() {
    Installation ebb = Installation.shared();
    Installation.awaitZero();
    Quota.gpus("ebb", "serving", 1);
    try (QuotaWatch watch = new QuotaWatch("ebb")) {
      assertEquals("decode", chat(ebb.router(), Installation.MODEL));
      assertEquals(Set.of(Installation.MODEL + "/decode"), watch.ever());
      assertEquals("decode", chat(ebb.router(), Installation.MODEL), "and the next one finds it so");
      assertEquals(Set.of(Installation.MODEL + "/decode"), watch.ever());
      System.out.println("one GPU, quota was held by: " + watch.history());
    }
  }

  /** Both wake in the same moment: four GPUs are wanted, and there are three. */
  @Test
  void twoModelsOneGpuShortBothAnswerAndNoPrefillHoldsWhatADecodeNeeds() {
    try (Variant pairs = Variant.of("pairs", PairingTest::twoModels)) {
      Cluster.gpus(3);
      pairs.apply().awaitReady().awaitZero();
      try (QuotaWatch watch = new QuotaWatch("pairs")) {
        CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> chat(pairs.router("first"), "first"));
        String second = chat(pairs.router("second"), "second");
        System.out.println("one GPU short: first by " + first.join() + ", second by " + second + "; quota was held by: "
            + watch.history());
        assertEquals(Set.of("prefill+decode", "decode"), Set.of(first.join(), second));
        assertEquals(List.of(), watch.prefillsWithoutDecode());
        assertTrue(watch.ever().containsAll(Set.of("first/decode", "second/decode")), watch.ever().toString());
        assertEquals(3, watch.most(), watch.history().toString());
      }
    }
  }

  /** Asks a question long enough for prefill, and returns where it was answered. */
  private static String chat(Api router, String model) {
    Api.Reply reply = router.post("/v1/chat/completions", Map.of("model", model, "max_tokens", TOKENS,
        "temperature", 0, "ignore_eos", true,
        "messages", List.of(Map.of("role", "user", "content", LongPrompt.unique()))));
    JsonNode answer = reply.ok();
    assertEquals(TOKENS, answer.at("/usage/completion_tokens").asInt(), answer.toString());
    return reply.headers().get("x-ebb-placement").getFirst();
  }

  /** The same file under two names, each with both phases, small enough for the node's two cores. */
  private static String twoModels(String text) {
    return Variant.models(text.replaceAll("cpu: 0.[45]", "cpu: 0.2"), "first", "second")
        .replace("nvidia.com/gpu: 2}", "nvidia.com/gpu: 3}");
  }
}
