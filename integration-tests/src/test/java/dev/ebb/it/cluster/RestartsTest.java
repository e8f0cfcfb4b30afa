package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Load;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A part of the cluster goes away while requests run: none is lost, and no busy function is scaled in. */
@Tag("cluster")
final class RestartsTest {
  private static final Duration BEFORE = Duration.ofSeconds(4);
  private static final Duration AFTER = Duration.ofSeconds(12);

  private final Installation ebb = Installation.shared();

  /** Kueue ends itself when it loses its lease, and after the third time in a row it is away for a minute. */
  @AfterEach
  void awaitWebhooks() {
    Installation.awaitAdmission();
  }

  @Tag("serving-old")
  @Tag("short")
  @ParameterizedTest
  @CsvSource({"keda, keda-operator", "kueue-system, kueue-controller-manager", "knative-serving, controller",
      "knative-serving, activator", "ebb-system, ebb-autoscaler"})
  void aControllerIsRestarted(String namespace, String deployment) {
    check(deployment, () -> {
      String pod = Cluster.podsOf(namespace, deployment).getFirst();
      Cluster.kubectl("delete", "pod", "-n", namespace, pod, "--grace-period=0", "--force");
      Await.pause(AFTER.toMillis());
      Cluster.kubectl("rollout", "status", "-n", namespace, "deployment/" + deployment, "--timeout=120s");
    });
  }

  @DisplayName("pitfall 5: Prometheus and other parts of the node are down in mid-stream")
  @ParameterizedTest
  @CsvSource({"prometheus", "kubelet", "kube-apiserver"})
  void aPartOfTheNodeIsKilled(String part) {
    check(part, () -> {
      Cluster.part("kill", part);
      Await.pause(AFTER.toMillis());
      Cluster.part("start", part);
      Cluster.awaitAnswer();
    });
  }

  /** A new router is ready before the old one is told to end, which then takes nothing new and ends what it has. */
  @DisplayName("pitfall 5: the router is restarted in mid-stream")
  @Test
  void theRouterIsRolledOut() {
    String router = "deployment/" + Installation.MODEL + "-router";
    check("router", () -> {
      Cluster.kubectl("rollout", "restart", "-n", Installation.NAMESPACE, router);
      Cluster.kubectl("rollout", "status", "-n", Installation.NAMESPACE, router, "--timeout=120s");
      Await.pause(AFTER.toMillis());
    });
  }

  /**
   * Serving's controller is blind for about a minute after an outage. The router holds the request until its own watch
   * shows a ready pod; from then on the activator does, to which the service's endpoints still lead.
   */
  @Test
  void aWakeInTheMinuteAfterTheApiServerCameBack() {
    Installation.awaitZero();
    Cluster.part("kill", "kube-apiserver");
    Await.pause(AFTER.toMillis());
    Cluster.part("start", "kube-apiserver");
    Cluster.awaitAnswer();
    Load.Outcome outcome = Load.once(ebb.router());
    System.out.println("wake after the API server came back: " + outcome);
    assertEquals(0, outcome.lost(), outcome.toString());
  }

  @Test
  void aWakeWhilePrometheusIsAway() {
    Installation.awaitZero();
    Cluster.part("kill", "prometheus");
    try {
      Load.Outcome outcome = Load.once(ebb.router());
      System.out.println("wake without Prometheus: " + outcome);
      assertEquals(0, outcome.lost(), outcome.toString());
    } finally {
      Cluster.part("start", "prometheus");
    }
  }

  private void check(String part, Runnable outage) {
    try (Load load = Load.begin(ebb.router(), 2)) {
      load.awaitAnswers(2);
      Await.pause(BEFORE.toMillis());
      outage.run();
      Load.Outcome outcome = load.end();
      System.out.println(part + " restarted under load: " + outcome);
      assertEquals(0, outcome.lost(), outcome.toString());
    }
  }
}
