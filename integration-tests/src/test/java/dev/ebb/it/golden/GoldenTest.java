package dev.ebb.it.golden;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(SharedEbb.class)
class GoldenTest {
  /** Where llama.cpp's two best tokens are nearer than this, rounding may choose either. */
  private static final double MARGIN = 0.3;

  private final JsonNode golden;

  GoldenTest() throws IOException {
    golden = Api.JSON.readTree(Workspace.resource("golden.json").toFile());
  }

  @Test
  void topTokenIsLlamaCppsWhereItsMarginIsClear(EbbInstance ebb) {
    List<String> wrong = new ArrayList<>();
    int compared = 0;
    for (JsonNode chat : golden.get("chat")) {
      int[] prompt = ids(chat.get("prompt_ids"));
      int[] answer = ids(chat.get("ids"));
      JsonNode logprobs = feed(ebb.api(), prompt, answer);
      for (int i = 0; i < answer.length; i++) {
        if (chat.get("top1_margin").get(i).asDouble() > MARGIN) {
          compared++;
          if (!isTop(logprobs, prompt.length + i)) {
            wrong.add(chat.get("prompt").asText() + " token " + i + ": "
                + logprobs.get("top_logprobs").get(prompt.length + i));
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
    assertEquals(208, compared, "recorded positions with a clear margin");
  }

  /** Log-probabilities of prompt and recorded answer, fed as one prompt. */
  private static JsonNode feed(Api api, int[] prompt, int[] answer) {
    int[] fed = IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
    JsonNode logprobs = api.post("/v1/completions", Map.of("model", TestModel.ID, "prompt", fed,
        "echo", true, "logprobs", 1, "max_tokens", 0)).ok().at("/choices/0/logprobs");
    assertEquals(fed.length, logprobs.get("token_logprobs").size());
    return logprobs;
  }

  private static boolean isTop(JsonNode logprobs, int position) {
    double given = logprobs.get("token_logprobs").get(position).asDouble(Double.NaN);
    double best = StreamSupport.stream(logprobs.get("top_logprobs").get(position).spliterator(), false)
        .mapToDouble(JsonNode::asDouble).max().orElseThrow();
    assertTrue(given <= best, () -> "a token above the top one: " + given + " > " + best);
    return given == best;
  }

  @Test
  void chatTemplateAndTokenizerGiveLlamaCppsPromptIds(EbbInstance ebb) {
    for (JsonNode chat : golden.get("chat")) {
      JsonNode reply = ebb.api().post("/tokenize", Map.of("model", TestModel.ID, "messages",
          List.of(Map.of("role", "user", "content", chat.get("prompt").asText())))).ok();
      assertArrayEquals(ids(chat.get("prompt_ids")), ids(reply.get("tokens")), chat.get("prompt").asText());
    }
  }

  @Test
  void trickyStringsTokenizeAsInLlamaCppAndComeBack(EbbInstance ebb) {
    List<Executable> checks = new ArrayList<>();
    for (JsonNode tokenized : golden.get("tokenize")) {
      String text = tokenized.get("text").asText();
      // /tokenize reads special tokens as vLLM's does; how they stay plain text is the module's own test.
      if (!text.contains("<|") || tokenized.get("parse_special").asBoolean()) {
        checks.add(() -> roundTrip(ebb.api(), text, ids(tokenized.get("ids"))));
      }
    }
    assertAll(checks);
  }

  private static void roundTrip(Api api, String text, int[] expected) {
    int[] actual = ids(api.post("/tokenize", Map.of("model", TestModel.ID, "prompt", text)).ok().get("tokens"));
    assertArrayEquals(expected, actual, text);
    JsonNode back = api.post("/detokenize", Map.of("model", TestModel.ID, "tokens", actual)).ok();
    assertEquals(text, back.get("prompt").asText());
  }

  private static int[] ids(JsonNode array) {
    return Api.JSON.convertValue(array, int[].class);
  }
}
