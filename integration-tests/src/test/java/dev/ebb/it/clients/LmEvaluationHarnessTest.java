package dev.ebb.it.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The requests of lm-evaluation-harness's {@code local-completions} model, as its
 * {@code TemplateAPI} forms them: batches of token-id prompts, echoed with log-probabilities.
 */
@ExtendWith(SharedEbb.class)
class LmEvaluationHarnessTest {

  @Test
  void logLikelihoodPrefersTheTrueEnding(EbbInstance ebb) {
    String context = "The days of the week are Monday, Tuesday, Wednesday, Thursday,";
    double right = logLikelihood(ebb.api(), context, " Friday");
    double wrong = logLikelihood(ebb.api(), context, " potato");
    assertTrue(right > wrong + 1, () -> right + " beside " + wrong);
  }

  /** Sum over the continuation's tokens, as the harness takes it from {@code token_logprobs}. */
  private static double logLikelihood(Api api, String context, String continuation) {
    int contextTokens = tokens(api, context).length;
    int[] whole = tokens(api, context + continuation);
    JsonNode logprobs = api.post("/v1/completions", Map.of("model", TestModel.ID, "prompt", List.of(whole),
        "temperature", 0, "max_tokens", 1, "logprobs", 1, "seed", 1234, "echo", true)).ok()
        .at("/choices/0/logprobs");
    JsonNode values = logprobs.get("token_logprobs");
    assertEquals(whole.length + 1, values.size(), "prompt and one generated token");
    assertTrue(values.get(0).isNull(), "nothing comes before the first token");
    assertTrue(logprobs.get("top_logprobs").get(0).isNull());
    double sum = 0;
    for (int i = contextTokens; i < whole.length; i++) {
      sum += values.get(i).asDouble(Double.NaN);
    }
    return sum;
  }

  @Test
  void echoWithoutGenerationGivesThePromptBack(EbbInstance ebb) {
    String text = "It was a bright cold day in April.";
    JsonNode reply = ebb.api().post("/v1/completions", Map.of("model", TestModel.ID,
        "prompt", tokens(ebb.api(), text), "max_tokens", 0, "echo", true, "logprobs", 3)).ok();
    JsonNode choice = reply.at("/choices/0");
    assertEquals(text, choice.get("text").asText());
    assertEquals("length", choice.get("finish_reason").asText());
    assertEquals(0, reply.at("/usage/completion_tokens").asInt());
    JsonNode logprobs = choice.get("logprobs");
    assertEquals(text, String.join("", Api.JSON.convertValue(logprobs.get("tokens"), String[].class)));
    // The prompt token itself is listed where it is none of the three best.
    for (int i = 1; i < logprobs.get("tokens").size(); i++) {
      int listed = logprobs.get("top_logprobs").get(i).size();
      assertTrue(listed == 3 || listed == 4, () -> listed + " alternatives");
    }
  }

  @Test
  void generateUntilStopsBeforeTheStopText(EbbInstance ebb) {
    JsonNode reply = ebb.api().post("/v1/completions", Map.of("model", TestModel.ID,
        "prompt", List.of(tokens(ebb.api(), "One, two, three, four,")), "max_tokens", 32, "temperature", 0,
        "stop", List.of(" seven", "\n\n"), "seed", 1234)).ok();
    assertEquals("stop", reply.at("/choices/0/finish_reason").asText());
    String text = reply.at("/choices/0/text").asText();
    assertTrue(text.contains("six") && !text.contains("seven"), text);
  }

  private static int[] tokens(Api api, String text) {
    JsonNode reply = api.post("/tokenize", Map.of("model", TestModel.ID, "prompt", text)).ok();
    return Api.JSON.convertValue(reply.get("tokens"), int[].class);
  }
}
