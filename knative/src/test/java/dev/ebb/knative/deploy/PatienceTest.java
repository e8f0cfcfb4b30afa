package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatienceTest {
  private static final String AWAY = "Internal error occurred: failed calling webhook \"mclusterqueue.kb.io\": failed "
      + "to call webhook: Post \"https://webhook.kueue-system.svc:443/\": dial tcp 10.96.0.9:443: connect: ";
  private static final ObjectName QUEUE = new ObjectName(
      new ObjectKind("kueue.x-k8s.io/v1beta2", "ClusterQueue", true), "", "ebb-serving");

  private final List<String> told = new ArrayList<>();
  private int asked;

  @Test
  void whatIsAwayForAMomentIsAskedAgainAndToldOnce() {
    assertEquals("taken", patience(60).ask(QUEUE, () -> {
      if (++asked < 4) {
        throw failure(500, AWAY + "connection refused");
      }
      return "taken";
    }));
    assertEquals(4, asked);
    assertEquals(1, told.size(), told.toString());
    assertTrue(told.getFirst().startsWith("waits       ClusterQueue ebb-serving: "), told.getFirst());
    assertTrue(told.getFirst().contains("connection refused"), told.getFirst());
  }

  @Test
  void whatStaysAwayIsTheLastFailure() {
    List<KubernetesClientException> thrown = new ArrayList<>();
    KubernetesClientException last = assertThrows(KubernetesClientException.class,
        () -> patience(0).ask(QUEUE, () -> {
          thrown.add(failure(503, "the server is currently unable to handle the request"));
          throw thrown.getLast();
        }));
    assertSame(thrown.getLast(), last);
  }

  @Test
  void aRefusalIsNotAskedAgain() {
    assertThrows(KubernetesClientException.class, () -> patience(60).ask(QUEUE, () -> {
      asked++;
      throw failure(422, "spec.cohortName is wrong");
    }));
    assertEquals(1, asked);
    assertTrue(told.isEmpty(), told.toString());
  }

  @ParameterizedTest
  @CsvSource({"500, connection refused, true", "500, context deadline exceeded, true", "400, EOF, true",
      "500, x509: certificate signed by unknown authority, false"})
  void theWordsBehindAWebhookDecide(int status, String words, boolean passes) {
    assertEquals(passes, Patience.passes(failure(status, AWAY + words)));
  }

  @Test
  void noAnswerPassesAndAMistakeOfOursDoesNot() {
    assertTrue(Patience.passes(new KubernetesClientException("patch", new ConnectException("Connection refused"))));
    assertFalse(Patience.passes(new KubernetesClientException("patch", new IllegalStateException("no such kind"))));
    assertTrue(Patience.passes(failure(500, "conversion webhook for kueue.x-k8s.io/v1beta1, Kind=ClusterQueue failed: "
        + "Post \"https://webhook:443/\": dial tcp 10.96.0.9:443: connect: no route to host")));
  }

  @Test
  void statusesThatSayLaterPass() {
    Map.of(429, true, 503, true, 504, true, 500, false, 403, false, 409, false).forEach((status, passes) ->
        assertEquals(passes, Patience.passes(failure(status, "something")), status.toString()));
  }

  private Patience patience(int seconds) {
    return new Patience(Duration.ofSeconds(seconds), Duration.ofMillis(1), told::add);
  }

  private static KubernetesClientException failure(int status, String message) {
    return new KubernetesClientException(message, status, null);
  }
}
