package dev.ebb.it.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The answer to a chat request.
 *
 * @param prompt token ids of the prompt
 * @param answer token ids of the answer
 * @param logprobs of the answer's tokens, where they were asked for
 */
record Chat(List<Integer> prompt, List<Integer> answer, List<Double> logprobs) {
  static final String MODEL = "stories";

  private static final int TOKENS = 12;

  /** Asks greedily, or sampling where there is a seed; for log-probabilities too, where they are wanted. */
  static Chat ask(Api api, String question, Integer seed, boolean wanted) {
    Map<String, Object> body = new HashMap<>(Map.of("model", MODEL, "max_tokens", TOKENS, "ignore_eos", true,
        "logprobs", wanted, "return_token_ids", true,
        "messages", List.of(Map.of("role", "user", "content", question))));
    body.putAll(seed == null ? Map.of("temperature", 0)
        : Map.of("temperature", 0.9, "top_p", 0.95, "top_k", 40, "seed", seed));
    JsonNode reply = api.post("/v1/chat/completions", body).ok();
    JsonNode choice = reply.at("/choices/0");
    assertEquals("assistant", choice.at("/message/role").asText());
    assertEquals("length", choice.get("finish_reason").asText());
    List<Double> logprobs = new ArrayList<>();
    choice.at("/logprobs/content").forEach(token -> logprobs.add(token.get("logprob").asDouble()));
    assertEquals(wanted ? TOKENS : 0, logprobs.size());
    return new Chat(ids(reply.get("prompt_token_ids")), ids(choice.get("token_ids")), logprobs);
  }

  /** The same without log-probabilities. */
  Chat unscored() {
    return new Chat(prompt, answer, List.of());
  }

  /** Prompt and answer. */
  List<Integer> tokens() {
    List<Integer> tokens = new ArrayList<>(prompt);
    tokens.addAll(answer);
    return tokens;
  }

  private static List<Integer> ids(JsonNode ids) {
    return List.of(Api.JSON.convertValue(ids, Integer[].class));
  }
}
