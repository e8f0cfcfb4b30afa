package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies within the limit on bytes that would take much memory all the same. */
@QuarkusTest
@TestProfile(LargeBodyTest.Profile.class)
class LargeBodyTest {
  private static final String EVENT = "'specversion': '1.0', 'id': 'e', 'source': '/test', "
      + "'type': 'dev.ebb.generate.requested', ";
  /** A million ends of objects, but for the rest of a document. */
  private static final String MANY = "[" + "{},".repeat(500_000) + "{}]";

  private static volatile WeakReference<Buffer> lastBody;

  /** As its parent, with room for large bodies. */
  public static class Profile extends RouterProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> all = new HashMap<>(super.getConfigOverrides());
      all.put("ebb.max.body.bytes", "3000000");
      all.put("ebb.max.held.body.bytes", "4000000");
      all.put("quarkus.http.limits.max-body-size", "3000000");
      return all;
    }
  }

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @Test
  void aBodyOfTooManyPartsIsRefusedWithTheLimit() {
    refused(Client.post("/v1/chat/completions", "{'messages': " + MANY + "}"));
    refused(Client.post("/v1/completions", "{'prompt': " + MANY + "}"));
    refused(Client.post("/tokenize", "{'messages': " + MANY + "}"));
    refused(Client.post("/", "{'messages': " + MANY + "}", "ce-specversion", "1.0", "ce-id", "many", "ce-source",
        "/test", "ce-type", "dev.ebb.generate.requested"));
    String structured = "application/cloudevents+json";
    refused(Client.post("/", "{" + EVENT + "'data': {'messages': " + MANY + "}}", "content-type", structured));
    String data = Base64.getEncoder().encodeToString(MANY.getBytes(StandardCharsets.UTF_8));
    refused(Client.post("/", "{" + EVENT + "'data_base64': '" + data + "'}", "content-type", structured));
  }

  @Test
  void aLongPromptOfTokenIdsPassesThatLimit() {
    Reply reply = Client.post("/v1/completions", "{'prompt': [" + "9,".repeat(990_000) + "9]}");
    assertEquals("context_length_exceeded", reply.json().at("/error/code").asText(), reply.http()::body);
  }

  @Test
  void bodiesOfRequestsUnderWayMayTakeSoMuchTogether() {
    Fakes.DECODE.plan(Behaviours.HANG);
    String body = "{'prompt': 'abc'" + " ".repeat(2_500_000) + "}";
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", body));
    Fakes.DECODE.next();
    for (String path : new String[] {"/v1/completions", "/tokenize"}) {
      Reply second = Client.post(path, body);
      assertEquals(429, second.status(), second.http()::body);
      assertEquals("too_many_body_bytes", second.json().at("/error/code").asText());
      assertTrue(second.json().at("/error/message").asText().contains("EBB_MAX_HELD_BODY_BYTES"));
      assertEquals("5", second.header("retry-after"));
    }
    assertEquals(200, Client.post("/tokenize", "{'prompt': 'abc'}").status(), "a small one has room");
    assertEquals(504, first.join().status());
    assertEquals(200, Client.post("/v1/completions", body).status(), "the first has given its room back");
    assertEquals(200, Client.post("/v1/completions", body).status());
  }

  /** Its tree is kept to the end, which its bytes do not show. */
  @Test
  void anEventsTreeCountsToo() {
    Fakes.DECODE.plan(Behaviours.HANG);
    double before = Client.metric("ebb_refused_bodies_total{model=\"tiny\"}");
    String data = "{'prompt': 'abc', 'metadata': [" + "[],".repeat(15_000) + "[]]}";
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> event("first", data));
    Fakes.DECODE.next();
    Reply second = event("second", data);
    assertEquals(429, second.status(), second.http()::body);
    assertEquals(before + 1, Client.metric("ebb_refused_bodies_total{model=\"tiny\"}"));
    assertEquals(200, event("small", "{'prompt': 'abc'}").status(), "a small one has room");
    assertEquals(504, first.join().status());
    assertEquals(200, event("third", data).status(), "the first has given its room back");
  }

  @Test
  void anAnswerOfTooManyLogprobsIsRefusedUnlessItIsStreamed() {
    String ids = "[" + "9,".repeat(399) + "9]";
    String asked = "'prompt': [" + (ids + ",").repeat(1_999) + ids + "], 'echo': true, 'logprobs': 20, 'max_tokens': 1";
    Reply whole = Client.post("/v1/completions", "{" + asked + "}");
    assertEquals("too_many_logprobs", whole.json().at("/error/code").asText(), whole.http()::body);
  }

  /** Its prompt's log-probabilities come at once, whether it is streamed or not. */
  @Test
  void aStreamsPromptLogprobsCountToo() {
    Fakes.DECODE.plan(Behaviours.HANG);
    String large = "{'prompt': [" + "9,".repeat(399) + "9], 'echo': true, 'logprobs': 20, 'max_tokens': 1, 'stream': "
        + "true}";
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", large));
    Fakes.DECODE.next();
    assertEquals(429, Client.post("/v1/completions", large).status());
    first.join();
  }

  @Test
  void anAnswersLogprobsCountBesideOthers() {
    Fakes.DECODE.plan(Behaviours.HANG);
    String large = "{'prompt': [" + "9,".repeat(39) + "9], 'echo': true, 'logprobs': 20, 'n': 8, 'max_tokens': 1}";
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", large));
    Fakes.DECODE.next();
    assertEquals(429, Client.post("/v1/completions", large).status());
    assertEquals(200, Client.post("/v1/completions", "{'prompt': 'abc'}").status(), "a small one has room");
    assertEquals(504, first.join().status());
    Fakes.DECODE.plan(Behaviours.HANG);
    Reply alone = Client.post("/v1/completions", large.replace("'n': 8", "'n': 100"));
    assertEquals(504, alone.status(), "one alone is let in");
  }

  /** Its answer is many times its body. */
  @Test
  void tokenizingCountsWithItsAnswer() {
    Fakes.DECODE.plan(Behaviours.HANG);
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() ->
        Client.post("/v1/completions", "{'prompt': 'abc'" + " ".repeat(2_500_000) + "}"));
    Fakes.DECODE.next();
    assertEquals(429, Client.post("/tokenize", "{'prompt': '" + "a".repeat(200_000) + "'}").status());
    assertEquals(504, first.join().status());
    assertEquals(200, Client.post("/tokenize", "{'prompt': '" + "a".repeat(200_000) + "'}").status());
  }

  private static Reply event(String id, String data) {
    return Client.post("/", data, "ce-specversion", "1.0", "ce-id", id, "ce-source", "/test", "ce-type",
        "dev.ebb.generate.requested");
  }

  @Test
  void aBodyIsNotKeptWhileItsAnswerIsWaitedFor() throws InterruptedException {
    Fakes.DECODE.plan(Behaviours.HANG);
    CompletableFuture<Reply> reply =
        CompletableFuture.supplyAsync(() -> Client.post("/v1/completions", "{'prompt': 'abc'}"));
    Fakes.DECODE.next();
    for (int i = 0; i < 100 && lastBody.get() != null; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertFalse(reply.isDone());
    assertNull(lastBody.get());
    reply.join();
  }

  /** Looks at bodies as they come. */
  void install(@Observes Router router) {
    router.route("/v1/completions").order(-1001).handler(context -> {
      lastBody = new WeakReference<>(context.body().buffer());
      context.next();
    });
  }

  private static void refused(Reply reply) {
    assertEquals(400, reply.status(), reply.http()::body);
    assertEquals("too_many_json_tokens", reply.json().at("/error/code").asText(), reply.http()::body);
    assertTrue(reply.json().at("/error/message").asText().contains("more than 1000000 JSON tokens"));
  }
}
