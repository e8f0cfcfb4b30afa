package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.LockedPrometheus;
import dev.ebb.it.cluster.harness.Stages;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.cluster.harness.WakeWatch;
import dev.ebb.it.harness.Await;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Prometheus that shows a certificate of its own and asks for a password: KEDA gets in, by the file's Secrets. */
@Tag("cluster")
final class LockedPrometheusTest {
  private static final String NAME = "locked";
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String PUSH = "\\{\"type\":\"external-push\".*?\\}\\},\\s*";

  private static String asked(String text) {
    return Variant.decodeOnly(text).replaceFirst("(?m)^prometheus: .*$", """
        prometheus:
          url: %s
          auth:
            basic:
              username: {secret: prometheus-login, entry: username}
              password: {secret: prometheus-login, entry: password}
          ca: {secret: prometheus-ca, entry: ca.crt}""".formatted(LockedPrometheus.url()));
  }

  @Test
  void prometheusAloneWakesWhereItAsksForAPassword() throws Exception {
    try (Variant locked = Variant.of(NAME, LockedPrometheusTest::asked);
        LockedPrometheus prometheus = new LockedPrometheus()) {
      assertEquals(401, prometheus.status());
      assertEquals(401, prometheus.status("-u", LockedPrometheus.USER + ":wrong"));
      locked.edit("knative-service-", text -> text.replaceFirst("(?s)" + PUSH, ""));
      Cluster.apply(locked.files().getFirst());
      String lacking = "secret prometheus-login there is no such Secret in namespace " + NAME;
      assertTrue(doctor(locked).contains(lacking), doctor(locked));
      secrets(prometheus);
      try {
        assertFalse(doctor(locked).contains("secret prometheus-"), doctor(locked));
        locked.apply();
        prometheus.followMonitors();
        locked.awaitReady();
        refersToIt();
        locked.awaitZero();
        wakes(locked);
        locked.awaitZero();
        hearsOfAnotherPassword(locked, prometheus);
      } finally {
        // Somebody's Secrets would keep the namespace.
        Cluster.kubectl("delete", "secret", "-n", NAME, "prometheus-login", "prometheus-ca", "--ignore-not-found");
      }
    }
  }

  /** By files, so that no password stands in a command. */
  private static void secrets(LockedPrometheus prometheus) throws Exception {
    login(prometheus.password());
    Cluster.kubectl("create", "secret", "generic", "-n", NAME, "prometheus-ca", "--from-file=ca.crt="
        + prometheus.certificate());
    assertTrue(Files.readString(prometheus.certificate()).startsWith("-----BEGIN CERTIFICATE-----"));
  }

  private static void login(String password) {
    Cluster.apply("""
        apiVersion: v1
        kind: Secret
        metadata: {name: prometheus-login, namespace: %s}
        stringData: {username: %s, password: %s}
        """.formatted(NAME, LockedPrometheus.USER, password));
  }

  private static void refersToIt() {
    String triggers = Cluster.kubectl("get", "scaledobject", "-n", NAME, "-o",
        "jsonpath={range .items[*].spec.triggers[*]}{.type} {.authenticationRef.name} {.metadata.authModes};{end}");
    assertEquals("prometheus ebb-prometheus basic;".repeat(3), triggers.strip());
  }

  private static void wakes(Variant locked) {
    Stages stages = new Stages();
    try (WakeWatch watch = new WakeWatch(stages, NAME, Installation.labels(Installation.DECODE))) {
      JsonNode answer = locked.router(Installation.MODEL).post("/v1/completions", Map.of("model",
          Installation.MODEL, "prompt", "Hello", "max_tokens", 8, "ignore_eos", true)).ok();
      stages.reached("answered");
      assertEquals(8, answer.at("/usage/completion_tokens").asInt(), answer.toString());
    }
    System.out.println("wake (a Prometheus with a password alone), seconds: " + stages);
  }

  /** Then the Secret gets the new one, and KEDA, which reads it anew after each refusal, needs no more. */
  private static void hearsOfAnotherPassword(Variant locked, LockedPrometheus prometheus) {
    prometheus.changePassword();
    Await.until("KEDA says that the ScaledObject is not ready", LIMIT, () -> ready().equals("False"));
    String said = Cluster.kubectl("get", "events", "-n", NAME, "-o", "jsonpath={.items[*].message}");
    assertTrue(said.contains("status: 401"), said);
    login(prometheus.password());
    Await.until("KEDA takes the new password", LIMIT, () -> ready().equals("True"));
    wakes(locked);
    locked.awaitZero();
    assertFalse(Cluster.kubectl("get", "events,scaledobjects,podautoscalers,ksvc,triggerauthentications", "-n", NAME,
        "-o", "yaml").contains(prometheus.password()), "a password outside of its Secret");
  }

  private static String ready() {
    return Cluster.kubectl("get", "scaledobject", "-n", NAME, "-o",
        "jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}").strip();
  }

  /**
   * What doctor says of the Secrets. Of the 401 it hears nothing here: the API server passes calls on to pods alone,
   * and this Prometheus runs beside them.
   */
  private static String doctor(Variant locked) {
    return Cluster.ebb("doctor", "--cluster", "-f", locked.file().toString()).output().replaceAll(" +", " ");
  }
}
