package dev.ebb.it.invariance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizers;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import dev.ebb.it.harness.Metrics;
import dev.ebb.it.harness.TestModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The fifty prompts through real processes: everything by prefill and decode, or decode alone. */
@Tag("slow")
class ProcessesTest {
  private static final String THRESHOLD = "EBB_PREFILL_THRESHOLD_TOKENS";

  @Test
  void disaggregatedOrNotTheTokensAreTheSame() throws Exception {
    List<int[]> prompts = prompts();
    List<List<Integer>> split;
    try (EbbInstance ebb = EbbInstance.start("split", Map.of(THRESHOLD, "1", "EBB_IDLE_SECONDS", "600"))) {
      split = answers(ebb, prompts, 100);
      EbbProcess prefill = ebb.functions("prefill").getFirst();
      assertTrue(Metrics.of(prefill).sum("vllm:prompt_tokens_total") > 0, "prefill computed");
    }
    Map<String, String> settings = Map.of(THRESHOLD, "1000000", "EBB_THREADS", "1", "EBB_IDLE_SECONDS", "600");
    try (EbbInstance ebb = EbbInstance.start("whole", settings)) {
      assertEquals(split, answers(ebb, prompts, 1));
      assertEquals(List.of(), ebb.functions("prefill"), "prefill was never needed");
    }
  }

  private static List<int[]> prompts() throws IOException {
    try (ModelFile model = Models.open(TestModel.path())) {
      return Prompts.ids(Tokenizers.build(model.tokenizer()));
    }
  }

  /** Greedy and sampled tokens of every prompt, so many requests at once. */
  private static List<List<Integer>> answers(EbbInstance ebb, List<int[]> prompts, int atOnce) throws Exception {
    List<Future<List<Integer>>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      for (int i = 0; i < prompts.size(); i++) {
        Map<String, Object> greedy = body(prompts.get(i), Map.of("temperature", 0));
        Map<String, Object> sampled = body(prompts.get(i), Map.of("temperature", Prompts.TEMPERATURE,
            "top_p", Prompts.TOP_P, "top_k", Prompts.TOP_K, "seed", Prompts.seed(i)));
        answers.add(threads.submit(() -> tokens(ebb.api(), greedy)));
        answers.add(threads.submit(() -> tokens(ebb.api(), sampled)));
      }
    }
    List<List<Integer>> all = new ArrayList<>();
    for (Future<List<Integer>> answer : answers) {
      all.add(answer.get());
    }
    return all;
  }

  private static Map<String, Object> body(int[] prompt, Map<String, Object> sampling) {
    Map<String, Object> body = new HashMap<>(sampling);
    body.putAll(Map.of("model", TestModel.ID, "prompt", prompt, "max_tokens", Prompts.OUTPUT_TOKENS,
        "ignore_eos", true, "return_token_ids", true));
    return body;
  }

  private static List<Integer> tokens(Api api, Map<String, Object> body) {
    JsonNode ids = api.post("/v1/completions", body).ok().at("/choices/0/token_ids");
    assertEquals(Prompts.OUTPUT_TOKENS, ids.size());
    return List.of(Api.JSON.convertValue(ids, Integer[].class));
  }
}
