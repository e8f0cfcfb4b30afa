package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of the OpenAI protocol that cannot be served, by the OpenAI error object. */
@ExtendWith(SharedEbb.class)
class BadRequestTest {
  private EbbInstance ebb;

  @BeforeEach
  void take(EbbInstance shared) {
    ebb = shared;
  }

  @AfterEach
  void recovered() {
    Aftermath.verify(ebb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "\"text\"", "{\"model\":}", "{\"prompt\":\"a\"} trailing", "\u0000\u0001"})
  void malformedJson(String body) {
    for (String path : List.of("/v1/completions", "/v1/chat/completions", "/tokenize", "/detokenize")) {
      error(ebb.api().post(path, "application/json", body), 400);
    }
  }

  @Test
  void unknownModel() {
    JsonNode error = error(ebb.api().post("/v1/completions", Map.of("model", "gpt-99", "prompt", "a")), 404);
    assertEquals("model_not_found", error.get("code").asText());
    assertEquals("model", error.get("param").asText());
    assertTrue(error.get("message").asText().contains("gpt-99"), error::toString);
  }

  @Test
  void promptLongerThanTheContext() {
    int[] prompt = new int[9000];
    Arrays.fill(prompt, 504);
    JsonNode error = error(completion(Map.of("prompt", prompt)), 400);
    assertEquals("context_length_exceeded", error.get("code").asText());
    assertTrue(error.get("message").asText().matches("(?s).*8192.*9000.*|.*9000.*8192.*"), error::toString);
  }

  @Test
  void answerLongerThanTheContext() {
    JsonNode error = error(completion(Map.of("max_tokens", 8192)), 400);
    assertEquals("context_length_exceeded", error.get("code").asText());
    assertTrue(error.get("message").asText().contains("8193"), error::toString);
  }

  /** Parameter, its value as JSON, separated by a bar since JSON holds commas. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
      "temperature|-1", "temperature|1e30", "temperature|\"hot\"", "top_p|0", "top_p|1.5", "top_k|-7", "min_p|2",
      "n|0", "n|-1", "n|1000000", "n|1.5", "max_tokens|-5", "max_tokens|1e12", "min_tokens|-1", "min_tokens|17",
      "logprobs|-2", "logprobs|1000", "presence_penalty|5", "frequency_penalty|-5", "repetition_penalty|0",
      "seed|\"x\"", "seed|99999999999999999999", "stop|5", "stop|[\"\"]", "logit_bias|[]",
      "logit_bias|{\"999999999\":1}", "logit_bias|{\"5\":1000}", "stop_token_ids|[-1]", "prompt|[]", "prompt|[-1]",
      "prompt|[999999999]", "prompt|{}", "prompt|[[]]", "echo|\"yes\"", "best_of|3", "tools|[{}]", "no_such_field|1"})
  void absurdParameter(String parameter, String value) throws Exception {
    JsonNode error = error(completion(Map.of(parameter, Api.JSON.readTree(value))), 400);
    assertTrue(error.get("param").asText().startsWith(parameter), error::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"hello\"", "[{}]", "[{\"role\":\"wizard\",\"content\":\"a\"}]",
      "[{\"role\":\"user\",\"content\":7}]",
      "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://127.0.0.1/\"}}]}]"})
  void absurdMessages(String messages) throws Exception {
    JsonNode error = error(ebb.api().post("/v1/chat/completions",
        Map.of("model", TestModel.ID, "messages", Api.JSON.readTree(messages))), 400);
    assertTrue(error.get("param").asText().startsWith("messages"), error::toString);
  }

  @Test
  void bodyOverTheLimit() {
    String body = "{\"model\":\"" + TestModel.ID + "\",\"prompt\":\"" + "a ".repeat(6 << 20) + "\"}";
    JsonNode error = error(ebb.api().post("/v1/completions", "application/json", body), 413);
    assertTrue(error.get("message").asText().contains("EBB_MAX_BODY_BYTES"), error::toString);
  }

  @Test
  void unknownPathAndMethod() {
    error(ebb.api().post("/v1/no-such-thing", Map.of()), 404);
    error(ebb.api().get("/v1/completions"), 405);
  }

  /** A small good request with some fields replaced. */
  private Api.Reply completion(Map<String, ?> changes) {
    Map<String, Object> body = new HashMap<>(Map.of("model", TestModel.ID, "prompt", "Hello", "max_tokens", 16));
    body.putAll(changes);
    return ebb.api().post("/v1/completions", body);
  }

  /** The OpenAI error object of a reply. */
  static JsonNode error(Api.Reply reply, int status) {
    assertEquals(status, reply.status(), reply::text);
    JsonNode error = reply.json().get("error");
    assertFalse(error.get("message").asText().isBlank(), reply::text);
    assertEquals("invalid_request_error", error.get("type").asText(), reply::text);
    assertTrue(error.has("param") && error.has("code"), reply::text);
    return error;
  }
}
