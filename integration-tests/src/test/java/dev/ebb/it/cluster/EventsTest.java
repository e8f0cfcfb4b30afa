package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Event;
import dev.ebb.it.cluster.harness.EventSink;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Events through a real Broker: a Trigger brings them to the router, its answers come back and go on to a sink. */
@Tag("cluster")
@Tag("short")
final class EventsTest {
  private static final Map<String, Object> DATA = Map.of("model", Installation.MODEL, "prompt", "The lighthouse",
      "max_tokens", 4, "ignore_eos", true);
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final String ROUTER = Installation.MODEL + "-router";

  private final Installation ebb = Installation.shared();
  private final EventSink sink = EventSink.ofBroker(Installation.NAMESPACE, "events");
  private final Api broker = new Api(Cluster.address("knative-eventing", "broker-ingress"));

  @AfterEach
  void close() {
    sink.close();
  }

  /** A Broker on in-memory channels answers when all its subscribers have. */
  private void post(Event event) {
    event.post(broker, "/" + Installation.NAMESPACE + "/events");
  }

  @Test
  void theReplyToAnEventOfTheBrokerArrivesAtASink() {
    Event event = Event.request("/tests/broker", DATA).with("correlationid", "talk-1");
    post(event);
    Event reply = sink.await(event, 1).getFirst();
    assertEquals("dev.ebb.generate.completed", reply.attribute("type"));
    assertEquals("/ebb/router", reply.attribute("source"));
    assertEquals(event.id(), reply.attribute("subject"));
    assertEquals("talk-1", reply.attribute("correlationid"));
    assertEquals(4, reply.data().at("/usage/completion_tokens").asInt(), reply::toString);
  }

  @Test
  void aDuplicateMakesNoSecondAnswerAndTheSameIdOfAnotherSourceDoes() {
    Event event = Event.request("/tests/broker", DATA);
    double before = duplicates();
    post(event);
    sink.await(event, 1);
    post(event);
    Await.until("the duplicate reaches the router", LONG, () -> duplicates() == before + 1);
    Event other = event.with("source", "/tests/elsewhere");
    post(other);
    List<Event> answers = sink.await(event, 2);
    assertEquals(2, answers.size(), answers::toString);
    assertNotEquals(answers.get(0).id(), answers.get(1).id(), "each is an event of its own");
    assertEquals(before + 1, duplicates(), "the other source's was none");
  }

  @Test
  void anEventThatFindsNoRouterIsAnsweredWhenThereIsOneAgain() {
    Cluster.kubectl("scale", "-n", Installation.NAMESPACE, "deployment/" + ROUTER, "--replicas=0");
    try {
      // One that is on its way out still answers what comes by an open connection.
      Cluster.kubectl("wait", "-n", Installation.NAMESPACE, "--for=delete", "pod", "-l",
          "app.kubernetes.io/component=router", "--timeout=120s");
      Event event = Event.request("/tests/broker", DATA);
      CompletableFuture<Void> posting = CompletableFuture.runAsync(() -> post(event));
      Await.pause(2_000);
      assertEquals(List.of(), sink.answersTo(event));
      scaleUp();
      posting.join();
      assertEquals(1, sink.await(event, 1).size());
    } finally {
      scaleUp();
    }
  }

  /** By a 500 of the Broker's, whatever the subscriber said; and it is not tried again. */
  @Test
  void whoPostsWhatTheRouterRefusesIsTold() {
    Event event = Event.request("/tests/broker", Map.of("model", Installation.MODEL, "prompt", 5));
    double before = refusals();
    AssertionError told = assertThrows(AssertionError.class, () -> post(event));
    assertTrue(told.getMessage().contains("answered 500"), told::getMessage);
    assertEquals(List.of(), sink.answersTo(event));
    assertEquals(before + 1, refusals());
  }

  private double refusals() {
    String series = "ebb_router_requests_total";
    return Metrics.of(ebb.router()).lines().stream()
        .filter(line -> line.startsWith(series) && line.contains("status=\"400\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).sum();
  }

  private static void scaleUp() {
    Cluster.kubectl("scale", "-n", Installation.NAMESPACE, "deployment/" + ROUTER, "--replicas=1");
    Cluster.kubectl("rollout", "status", "-n", Installation.NAMESPACE, "deployment/" + ROUTER, "--timeout=120s");
  }

  private double duplicates() {
    return Metrics.of(ebb.router()).sum("ebb_duplicate_events_total");
  }
}
