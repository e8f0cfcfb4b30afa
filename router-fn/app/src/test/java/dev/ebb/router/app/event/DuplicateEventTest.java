package dev.ebb.router.app.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivery is at least once, and answers are given once: what a Broker sees of it. */
@QuarkusTest
@TestProfile(RouterProfile.class)
class DuplicateEventTest {
  private final String id = UUID.randomUUID().toString();

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  private Reply deliver(String source) {
    return Client.post("/", "{'prompt': 'abc'}", "ce-specversion", "1.0", "ce-id", id, "ce-source", source, "ce-type",
        "dev.ebb.generate.requested");
  }

  private static long nextSeed() {
    return Fakes.DECODE.next().work().at("/sampling/seed").longValue();
  }

  private Reply deliverAgain(String data) {
    return Client.post("/", data, "ce-specversion", "1.0", "ce-id", id, "ce-source", "/a", "ce-type",
        "dev.ebb.generate.requested", "x-ebb-again", "1");
  }

  @Test
  void aSecondDeliveryIsTakenAndNotAnswered() {
    double before = Client.metric("ebb_duplicate_events_total{model=\"tiny\"}");
    assertEquals("dev.ebb.generate.completed", deliver("/a").header("ce-type"));
    Fakes.DECODE.next();
    Reply second = deliver("/a");
    assertEquals(204, second.status());
    assertEquals("", second.http().body());
    assertNull(second.header("ce-type"));
    assertTrue(Fakes.DECODE.idle(), "nothing was computed for it");
    assertEquals(before + 1, Client.metric("ebb_duplicate_events_total{model=\"tiny\"}"));
    assertEquals(200, deliver("/b").status(), "the same id of another source is another event");
    Reply structured = Client.post("/", "{'specversion': '1.0', 'id': '" + id + "', 'source': '/a', 'data':"
        + "{'prompt': 'abc'}, 'type': 'dev.ebb.generate.requested'}", "content-type", "application/cloudevents+json");
    assertEquals(204, structured.status(), "the mode does not make it another");
  }

  @Test
  void whoAsksForItAgainGetsTheSameEventWithTheSameRandomness() {
    Reply first = deliver("/a");
    long seed = nextSeed();
    Reply again = deliverAgain("{'prompt': 'abc'}");
    assertEquals(200, again.status());
    assertEquals(first.header("ce-id"), again.header("ce-id"));
    assertEquals(first.header("ce-source"), again.header("ce-source"));
    assertEquals(seed, nextSeed());
    Reply other = deliver("/b");
    assertNotEquals(first.header("ce-id"), other.header("ce-id"), "the same id of another source is another event");
    assertNotEquals(seed, nextSeed());
    deliverAgain("{'prompt': 'abc', 'seed': 7}");
    assertEquals(7, nextSeed(), "the caller's own seed goes before");
  }

  @Test
  void whatFailedMayBeSentAgain() {
    Fakes.DECODE.plan(Behaviours.CRASH, Behaviours.CRASH);
    assertEquals(503, deliver("/a").status());
    assertEquals(200, deliver("/a").status());
  }

  @Test
  void aDeliveryThatComesMeanwhileWaitsForTheFirstAndGetsNoAnswer() {
    Fakes.DECODE.plan((request, work) -> Vertx.currentContext().owner()
        .setTimer(400, late -> Behaviours.DECODE.accept(request, work)));
    CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> deliver("/a"));
    Fakes.DECODE.next();
    Reply second = deliver("/a");
    assertEquals(200, first.join().status());
    assertEquals(204, second.status(), "it waited: before the first was answered it would have been answered itself");
    assertTrue(Fakes.DECODE.idle());
  }

  @Test
  void whoLeavesBeforeTheAnswerLosesNothing() throws IOException {
    Fakes.DECODE.plan(Behaviours.HANG);
    try (Socket socket = new Socket("127.0.0.1", Client.port())) {
      socket.getOutputStream().write(("POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
          + "ce-specversion: 1.0\r\nce-id: " + id + "\r\nce-source: /a\r\nce-type: dev.ebb.generate.requested\r\n"
          + "content-length: 17\r\n\r\n{\"prompt\": \"abc\"}").getBytes(StandardCharsets.US_ASCII));
      Fakes.DECODE.next();
      CompletableFuture<Reply> again = CompletableFuture.supplyAsync(() -> deliver("/a"));
      socket.close();
      Reply reply = again.join();
      assertEquals(200, reply.status(), "the answer goes to the delivery that is left");
      assertFalse(reply.http().body().isEmpty());
    }
  }
}
