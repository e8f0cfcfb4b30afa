package dev.ebb.it.scaletozero;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL of a function under load: every request ends with its answer or a proper error. */
class KilledFunctionsTest {
  private static final int REQUESTS = 24;
  private static final int OUTPUT_TOKENS = 120;

  @ParameterizedTest
  @ValueSource(strings = {"decode", "prefill", "both"})
  void everyRequestEndsAndTheNextIsServed(String victim) throws Exception {
    try (EbbInstance ebb = EbbInstance.start("kill-" + victim, Map.of("EBB_IDLE_SECONDS", "120"))) {
      Map<String, Object> quiet = Requests.longPrompt(0, OUTPUT_TOKENS);
      String expected = Requests.text(Requests.send(ebb.api(), quiet), quiet);
      List<EbbProcess> victims = victims(ebb, victim);
      assertEquals(victim.equals("both") ? 2 : 1, victims.size());

      List<Future<String>> answers = Requests.atOnce(REQUESTS, i -> outcome(ebb.api(), i));
      Await.pause(1500);
      assertTrue(answers.stream().anyMatch(answer -> !answer.isDone()), "still under load");
      victims.forEach(EbbProcess::kill);

      int whole = 0;
      for (Future<String> answer : answers) {
        whole += answer.get(240, TimeUnit.SECONDS).equals("whole") ? 1 : 0;
      }
      System.out.printf("%s killed: %d of %d requests got their whole answer%n", victim, whole, REQUESTS);
      Await.until("what was killed is gone", Duration.ofSeconds(10),
          () -> victims.stream().noneMatch(EbbProcess::alive));
      assertEquals(expected, Requests.text(Requests.send(ebb.api(), quiet), quiet), "the next is served");
      assertFalse(victims(ebb, victim).isEmpty(), "started anew");
    }
  }

  private static List<EbbProcess> victims(EbbInstance ebb, String victim) {
    return victim.equals("both") ? ebb.functions() : ebb.functions(victim);
  }

  /** Half of the requests stream. Anything but a whole answer or a proper error fails here. */
  private static String outcome(Api api, int number) {
    Map<String, Object> body = Requests.longPrompt(number, OUTPUT_TOKENS);
    return number % 2 == 0 ? wholeOutcome(Requests.send(api, body), body) : streamOutcome(api, body);
  }

  private static String wholeOutcome(Api.Reply reply, Map<String, Object> body) {
    if (reply.status() == 200) {
      Requests.text(reply, body);
      return "whole";
    }
    assertTrue(reply.status() >= 500, () -> reply.status() + " " + reply.text());
    return properError(reply.json().get("error"));
  }

  private static String streamOutcome(Api api, Map<String, Object> body) {
    Map<String, Object> streamed = new HashMap<>(body);
    streamed.put("stream", true);
    streamed.put("stream_options", Map.of("include_usage", true));
    List<JsonNode> events = api.stream("/v1/completions", streamed);
    JsonNode last = events.getLast();
    if (last.has("error")) {
      return properError(last.get("error"));
    }
    assertEquals(OUTPUT_TOKENS, last.at("/usage/completion_tokens").asInt(), last::toString);
    return "whole";
  }

  private static String properError(JsonNode error) {
    assertFalse(error.path("message").asText().isEmpty(), error::toString);
    assertFalse(error.path("type").asText().isEmpty(), error::toString);
    return "error";
  }
}
