package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
      Await.until("no router", LONG, () -> Cluster.podsOf(Installation.NAMESPACE, ROUTER).isEmpty());
      Event event = Event.request("/tests/broker", DATA);
      post(event);
      Await.pause(2_000);
      assertEquals(List.of(), sink.answersTo(event));
      scaleUp();
      assertEquals(1, sink.await(event, 1).size());
    } finally {
      scaleUp();
    }
  }

  private static void scaleUp() {
    Cluster.kubectl("scale", "-n", Installation.NAMESPACE, "deployment/" + ROUTER, "--replicas=1");
    Cluster.kubectl("rollout", "status", "-n", Installation.NAMESPACE, "deployment/" + ROUTER, "--timeout=120s");
  }

  private double duplicates() {
    return Metrics.of(ebb.router()).sum("ebb_duplicate_events_total");
  }
}
