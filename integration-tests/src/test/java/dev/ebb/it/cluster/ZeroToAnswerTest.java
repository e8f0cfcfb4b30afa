package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.WakeWatch;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing is awake, one request comes: what happens until its answer, and that all is at zero again after it. */
@Tag("cluster")
@Tag("serving-old")
final class ZeroToAnswerTest {
  private static final String NAMESPACE = Installation.NAMESPACE;
  private static final Map<String, Object> CHAT = Map.of("model", Installation.MODEL, "max_tokens", 8, "temperature", 0,
      "ignore_eos", true, "messages", new Object[] {Map.of("role", "user", "content", "Say hello.")});

  /** What Serving 0.42 and 0.50 call the requests that the activator holds. */
  private static final List<String> SERIES = List.of("activator_request_concurrency", "kn_revision_request_queued");

  private final Installation ebb = Installation.shared();

  /** The bound on the overhead holds on two cores that do nothing else, so CI does not ask for it. */
  @Test
  void oneRequestWakesTheFunctionAndItSleepsAgain() {
    Installation.awaitZero();
    double first = wake("push", ebb.router());
    Installation.awaitZero();
    Await.pause(5_000);
    double again = wake("push, 5 s after a scale-in", ebb.router());
    assertTrue(first <= 2 && again <= 2, "overhead " + first + " and " + again + " s");
    Installation.awaitZero();
  }

  @Tag("short")
  @DisplayName("pitfall 2: a request to the Knative URL at zero")
  @Test
  void aRequestToTheFunctionsOwnAddressIsHeldAndAnswered() {
    Installation.awaitZero();
    Stages stages = new Stages();
    try (WakeWatch watch = new WakeWatch(stages, NAMESPACE, Installation.labels(Installation.DECODE))) {
      String gateway = Cluster.address("knative-serving", "gateway");
      Api.Reply reply = Cluster.throughGateway(gateway, Installation.MODEL + "-decode." + NAMESPACE
          + ".svc.cluster.local", "/q/health/ready");
      stages.reached("answered");
      assertEquals(200, reply.status(), reply.text());
    }
    System.out.println("wake (decode's own URL, by the activator), seconds: " + stages);
    assertAskedFor(seriesOfTheActivator());
  }

  /** Those that Prometheus has of it: one, since each release has its own. */
  private static List<String> seriesOfTheActivator() {
    Api prometheus = new Api(Cluster.address("monitoring", "prometheus-operated") + ":9090");
    List<String> found = new ArrayList<>();
    Await.until("a series of the activator", Duration.ofSeconds(30), () -> {
      SERIES.stream().filter(name -> !prometheus.get("/api/v1/query?query=" + name).ok().at("/data/result").isEmpty())
          .forEach(found::add);
      return !found.isEmpty();
    });
    return found;
  }

  /** The reconciler found out by itself which release this is: its triggers name that series and no other. */
  private static void assertAskedFor(List<String> series) {
    String queries = Cluster.kubectl("get", "scaledobject", "-n", NAMESPACE, "-o",
        "jsonpath={.items[*].spec.triggers[*].metadata.query}");
    System.out.println("the activator of this Serving has " + series);
    assertEquals(series, SERIES.stream().filter(queries::contains).toList(), queries);
  }

  /** Wakes decode by a chat, and returns the seconds that were not the function's own start. */
  private static double wake(String name, Api api) {
    Stages stages = new Stages();
    try (WakeWatch watch = new WakeWatch(stages, NAMESPACE, Installation.labels(Installation.DECODE))) {
      JsonNode answer = api.post("/v1/chat/completions", CHAT).ok();
      stages.reached("answered");
      assertEquals(8, answer.at("/usage/completion_tokens").asInt(), answer.toString());
    }
    double own = Installation.ownStart(Installation.DECODE);
    double overhead = stages.at("answered") - own;
    System.out.printf("wake (%s), seconds: %s | own start %.2f | overhead %.2f%n", name, stages, own, overhead);
    return overhead;
  }
}
