package dev.ebb.it.scaletozero;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.TestModel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Requests of these tests. All are greedy, so an answer can be compared with a later one. */
final class Requests {
  private Requests() {}

  /** A request long enough to go through prefill. */
  static Map<String, Object> longPrompt(int number, int outputTokens) {
    String story = "The lighthouse keeper climbed the stairs, lit the lamp and wrote the hour in his book. ";
    return body("Night " + number + ". " + story.repeat(5) + "Then he", outputTokens);
  }

  /** A request short enough for decode to compute its prompt. */
  static Map<String, Object> shortPrompt(int number, int outputTokens) {
    return body("Letter number " + number + " began with the words", outputTokens);
  }

  private static Map<String, Object> body(String prompt, int outputTokens) {
    return Map.of("model", TestModel.ID, "prompt", prompt, "max_tokens", outputTokens, "temperature", 0,
        "ignore_eos", true);
  }

  static Api.Reply send(Api api, Map<String, Object> body) {
    return api.post("/v1/completions", body);
  }

  /** The answer's text; fails unless it is whole. */
  static String text(Api.Reply reply, Map<String, Object> body) {
    JsonNode answer = reply.ok();
    if (answer.at("/usage/completion_tokens").asInt() != (int) body.get("max_tokens")) {
      throw new AssertionError("not the whole answer: " + answer);
    }
    return answer.at("/choices/0/text").asText();
  }

  /** Runs a call a number, all at once. */
  static <T> List<Future<T>> atOnce(int count, IntFunction<T> call) {
    // Closing the executor would wait for the answers; its virtual threads end by themselves.
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    List<Future<T>> calls = IntStream.range(0, count).mapToObj(i -> threads.submit(() -> call.apply(i))).toList();
    threads.shutdown();
    return calls;
  }
}
