package dev.ebb.router.app.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.FakeFunction.Received;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Placement, hand-off, retries, relayed tokens, disconnects. */
@QuarkusTest
@TestProfile(RouterProfile.class)
class WayThroughFunctionsTest {
  private static final String PATH = "/v1/completions";

  /** Seen by no earlier test, so nothing of it is known to be cached. */
  private final String longPrompt = UUID.randomUUID().toString().repeat(3);

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @AfterEach
  void leavesNoDemand() {
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"decode\"}"));
    assertEquals(0, Client.metric("ebb_demand{model=\"tiny\",phase=\"prefill\"}"));
  }

  /** Before it was a 200 without a token. */
  @Test
  void aPieceThatCannotBePassedOnIsNoAnswer() {
    Fakes.DECODE.plan(Behaviours.ODD_CHOICE);
    Reply reply = Client.post(PATH, "{'prompt': 'abc', 'stream': true}");
    assertEquals(500, reply.status(), reply.http()::body);
    assertEquals("internal_error", reply.json().at("/error/code").asText());
  }

  @Test
  void aLongPromptGoesThroughPrefillAndItsClaimCheckReachesDecode() {
    Reply reply = post("");
    assertEquals(Behaviours.TEXT, reply.json().at("/choices/0/text").asText());
    assertEquals("prefill+decode", reply.header("x-ebb-placement"));
    assertEquals("7", reply.header("x-ebb-cached-tokens"), "what prefill found, not what it handed over");
    assertEquals(7, reply.json().at("/usage/prompt_tokens_details/cached_tokens").asInt());
    Received prefill = Fakes.PREFILL.next();
    assertEquals("dev.ebb.prefill.requested", prefill.type());
    assertFalse(prefill.work().has("hand_off"));
    JsonNode decode = Fakes.DECODE.next().work();
    assertEquals(42, decode.at("/hand_off/lease").asInt());
    assertEquals(prefill.work().path("prompt_token_ids"), decode.path("prompt_token_ids"));
    assertEquals(prefill.work().path("sampling"), decode.path("sampling"));
  }

  @Test
  void anAnsweredPromptIsAHitNextTimeButNotForAnotherTenant() {
    post("");
    Fakes.PREFILL.next();
    assertEquals("decode", post("").header("x-ebb-placement"));
    assertTrue(Fakes.PREFILL.idle());
    assertEquals("prefill+decode", post(", 'cache_salt': 'other'").header("x-ebb-placement"));
  }

  @Test
  void severalAnswersAndPromptLogprobsStayWithDecode() {
    assertEquals("decode", post(", 'n': 2").header("x-ebb-placement"));
    assertEquals("decode", post(", 'echo': true, 'logprobs': 1").header("x-ebb-placement"));
    assertTrue(Fakes.PREFILL.idle());
  }

  @Test
  void prefillMayAlreadyHaveTheWholeAnswer() {
    Fakes.PREFILL.plan(Behaviours.FINISHED_BY_PREFILL, Behaviours.FINISHED_BY_PREFILL);
    assertEquals("H", post(", 'max_tokens': 1").json().at("/choices/0/text").asText());
    List<JsonNode> events = post(", 'max_tokens': 1, 'stream': true, 'cache_salt': 'unseen'").events();
    assertEquals("H", text(events));
    assertEquals("length", events.getLast().at("/choices/0/finish_reason").asText());
    assertTrue(Fakes.DECODE.idle());
  }

  @Test
  void aBrokenStreamGoesOnWhereItBroke() {
    Fakes.DECODE.plan(Behaviours.crashAfter(5));
    List<JsonNode> events = Client.post(PATH,
        "{'prompt': 'abc', 'stream': true, 'logprobs': 0, 'return_token_ids': true}").events();
    assertEquals(Behaviours.TEXT, text(events));
    assertEquals("[72,101,108,108,111,32,119,195,182,114,108,100]", events.stream()
        .flatMap(event -> event.at("/choices/0/token_ids").valueStream()).map(JsonNode::asText)
        .collect(Collectors.joining(",", "[", "]")), "each token once");
    assertEquals(12, events.stream().mapToInt(event -> event.at("/choices/0/logprobs/tokens").size()).sum());
    Received first = Fakes.DECODE.next();
    Received second = Fakes.DECODE.next();
    assertEquals(first.work().path("sampling"), second.work().path("sampling"), "the same seed");
    assertFalse(first.work().path("request_id").equals(second.work().path("request_id")));
  }

  @Test
  void brokenStreamsOfSeveralAnswersGoOnToo() {
    Fakes.DECODE.plan(Behaviours.crashAfter(3));
    List<JsonNode> events = Client.post(PATH, "{'prompt': 'abc', 'stream': true, 'n': 2}").events();
    for (int choice = 0; choice < 2; choice++) {
      int index = choice;
      assertEquals(Behaviours.TEXT,
          text(events.stream().filter(event -> event.at("/choices/0/index").asInt() == index).toList()));
    }
  }

  @Test
  void aCrashedAttemptIsRepeatedWithoutItsHandOff() {
    Fakes.DECODE.plan(Behaviours.CRASH);
    assertEquals(Behaviours.TEXT, post("").json().at("/choices/0/text").asText());
    assertTrue(Fakes.DECODE.next().work().has("hand_off"));
    assertFalse(Fakes.DECODE.next().work().has("hand_off"), "its lease is spent");
    Fakes.PREFILL.next();
    assertTrue(Fakes.PREFILL.idle(), "prefill is not repeated");
  }

  @Test
  void aCrashOfPrefillIsRepeated() {
    Fakes.PREFILL.plan(Behaviours.CRASH);
    assertEquals("prefill+decode", post("").header("x-ebb-placement"));
    Fakes.PREFILL.next();
    Fakes.PREFILL.next();
  }

  @Test
  void twoCrashesAreAnError() {
    Fakes.DECODE.plan(Behaviours.CRASH, Behaviours.CRASH);
    Reply reply = Client.post(PATH, "{'prompt': 'abc'}");
    assertEquals(503, reply.status());
    assertEquals("function_crashed", reply.json().at("/error/code").asText());
    assertEquals("1", reply.header("retry-after"));
  }

  @Test
  void aStreamThatBreaksTwiceEndsWithAnErrorEvent() {
    Fakes.DECODE.plan(Behaviours.crashAfter(2), Behaviours.ERROR_EVENT);
    List<JsonNode> events = Client.post(PATH, "{'prompt': 'abc', 'stream': true}").events();
    assertEquals("He", text(events));
    assertEquals("internal_error", events.getLast().at("/error/code").asText());
    assertEquals("server_error", events.getLast().at("/error/type").asText());
  }

  @Test
  void aDrainingFunctionIsWaitedFor() {
    Fakes.DECODE.plan(Behaviours.error(503, "service_unavailable", null, "draining"),
        Behaviours.error(503, "service_unavailable", null, "draining"));
    assertEquals(200, Client.post(PATH, "{'prompt': 'abc'}").status());
  }

  @Test
  void aFunctionsOwnErrorIsRepeatedOnceThenTold() {
    Fakes.DECODE.plan(Behaviours.error(500, "server_error", null, "backend_lost"));
    assertEquals(200, Client.post(PATH, "{'prompt': 'abc'}").status());
    Fakes.DECODE.plan(Behaviours.error(500, "server_error", null, "backend_lost"),
        Behaviours.error(500, "server_error", null, "backend_lost"));
    Reply reply = Client.post(PATH, "{'prompt': 'abc'}");
    assertEquals(500, reply.status());
    assertEquals("backend_lost", reply.json().at("/error/code").asText());
  }

  @Test
  void aFunctionsRefusalIsNotRepeated() {
    Fakes.DECODE.plan(Behaviours.error(400, "invalid_request_error", "n", "odd"));
    Reply reply = Client.post(PATH, "{'prompt': 'abc', 'stream': true}");
    assertEquals(400, reply.status(), "before the first token a stream has a status too");
    assertEquals("n", reply.json().at("/error/param").asText());
    Fakes.DECODE.next();
    assertTrue(Fakes.DECODE.idle());
  }

  @Test
  void aFunctionThatIsNotReadyIsWaitedFor() throws InterruptedException {
    Client.post(PATH, "{'prompt': 'abc'}");
    Fakes.DECODE.next();
    Fakes.DECODE.plan(Behaviours.CRASH).ready(false);
    Thread later = Thread.ofVirtual().start(() -> {
      Fakes.DECODE.next();
      sleep(300);
      Fakes.DECODE.ready(true);
    });
    Reply reply = Client.post(PATH, "{'prompt': 'abc'}");
    later.join();
    assertEquals(200, reply.status());
    assertTrue(Integer.parseInt(reply.header("x-ebb-cold-start-ms")) > 0);
  }

  @Test
  void aFunctionThatNeverBecomesReadyIsAClearError() {
    Client.post(PATH, "{'prompt': 'abc'}");
    Fakes.DECODE.plan(Behaviours.CRASH).ready(false);
    Reply reply = Client.post(PATH, "{'prompt': 'abc'}");
    assertEquals(503, reply.status());
    assertEquals("function_unavailable", reply.json().at("/error/code").asText());
    assertEquals("5", reply.header("retry-after"));
    Fakes.DECODE.ready(true);
  }

  @Test
  void anAnswerThatTakesTooLongIsGivenUp() {
    Fakes.DECODE.plan(Behaviours.HANG);
    Reply reply = Client.post(PATH, "{'prompt': 'abc'}");
    assertEquals(504, reply.status());
    assertEquals("request_timeout", reply.json().at("/error/code").asText());
    Fakes.DECODE.nextDropped();
  }

  @Test
  void aCallerWhoLeavesFreesTheFunction() throws IOException {
    for (boolean stream : new boolean[] {false, true}) {
      Fakes.DECODE.plan(Behaviours.HANG);
      double left = left();
      try (Socket socket = new Socket("127.0.0.1", Client.port())) {
        byte[] body = ("{\"prompt\":\"abc\",\"stream\":" + stream + "}").getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(("POST /v1/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            + "content-length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        Fakes.DECODE.next();
      }
      Fakes.DECODE.nextDropped();
      for (int i = 0; i < 200 && left() == left; i++) {
        sleep(10);
      }
      assertEquals(left + 1, left(), "counted as the caller's leaving");
    }
  }

  private static double left() {
    String series = "ebb_router_requests_total{model=\"tiny\",api=\"completion\",status=\"499\"} ";
    return Client.get("/metrics").http().body().lines().filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length()))).findFirst().orElse(0);
  }

  private Reply post(String more) {
    Reply reply = Client.post(PATH, "{'prompt': '" + longPrompt + "'" + more + "}");
    assertEquals(200, reply.status(), reply.http()::body);
    return reply;
  }

  private static String text(List<JsonNode> events) {
    return events.stream().map(event -> event.at("/choices/0/text").asText()).collect(Collectors.joining());
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
