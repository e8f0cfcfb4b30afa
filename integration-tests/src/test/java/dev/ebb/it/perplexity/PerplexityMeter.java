package dev.ebb.it.perplexity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.PublicText;
import dev.ebb.it.harness.TestModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures perplexity through {@code /v1/completions} as lm-evaluation-harness reads log-likelihoods:
 * token-id prompts, {@code echo}, {@code logprobs} and {@code max_tokens: 0}. Windows and scored
 * positions are those of llama.cpp's {@code llama-perplexity}.
 */
final class PerplexityMeter {
  /** Windows of one request; a list of prompts is answered with a choice each. */
  private static final int WINDOWS_A_REQUEST = 4;

  private final Api api;
  private final Recorded recorded;

  PerplexityMeter(Api api, Recorded recorded) {
    this.api = api;
    this.recorded = recorded;
  }

  /** Token ids of the whole text, from the server, which must be those of llama.cpp. */
  int[] tokenize() {
    JsonNode reply = api.post("/tokenize", Map.of(
        "model", TestModel.ID, "prompt", PublicText.get(recorded.textSha256()))).ok();
    int[] ids = Api.JSON.convertValue(reply.get("tokens"), int[].class);
    assertEquals(recorded.tokens(), ids.length, "tokens of the text");
    String joined = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(","));
    assertEquals(recorded.tokenIdsSha256(), PublicText.digest(joined.getBytes(StandardCharsets.UTF_8)));
    return ids;
  }

  /** Perplexity over the first {@code windows} windows. */
  double measure(int[] ids, int windows) {
    double negativeLogLikelihood = 0;
    int scored = 0;
    for (int first = 0; first < windows; first += WINDOWS_A_REQUEST) {
      int end = Math.min(first + WINDOWS_A_REQUEST, windows);
      for (double[] logprobs : logprobs(windows(ids, first, end))) {
        // llama-perplexity scores the second half of a window: its first token has 256 before it,
        // and is itself only context.
        for (int i = recorded.windowTokens() / 2 + 1; i < recorded.windowTokens(); i++) {
          negativeLogLikelihood -= logprobs[i];
          scored++;
        }
      }
    }
    return Math.exp(negativeLogLikelihood / scored);
  }

  private List<int[]> windows(int[] ids, int first, int end) {
    int size = recorded.windowTokens();
    List<int[]> windows = new ArrayList<>();
    for (int window = first; window < end; window++) {
      windows.add(Arrays.copyOfRange(ids, window * size, (window + 1) * size));
    }
    return windows;
  }

  private List<double[]> logprobs(List<int[]> prompts) {
    JsonNode choices = api.post("/v1/completions", Map.of(
        "model", TestModel.ID, "prompt", prompts, "echo", true, "logprobs", 1, "max_tokens", 0,
        "temperature", 0)).ok().get("choices");
    assertEquals(prompts.size(), choices.size(), "one choice a prompt");
    List<double[]> all = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      assertEquals(i, choices.get(i).get("index").asInt(), "choices in the order of the prompts");
      JsonNode logprobs = choices.get(i).at("/logprobs/token_logprobs");
      assertEquals(prompts.get(i).length, logprobs.size(), "one log-probability a token");
      double[] values = new double[logprobs.size()];
      for (int j = 1; j < values.length; j++) {
        values[j] = logprobs.get(j).asDouble(Double.NaN);
      }
      all.add(values);
    }
    return all;
  }
}
