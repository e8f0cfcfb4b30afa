package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObjectTrigger;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.pkg.apis.Condition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A trigger's credentials come from the annotation into the ScaledObject, or into the condition that refuses them. */
class CredentialsTest {
  private static final String PROMETHEUS = """
      - {type: external-push, scalerAddress: "router:9190"}
      - {type: prometheus, serverAddress: "https://prom", query: up, threshold: 4, %s}
      """;

  private static Decision decide(String fields) {
    Map<String, String> annotations = Fixtures.annotations();
    annotations.put(Annotations.TRIGGERS, PROMETHEUS.formatted(fields));
    PodAutoscaler pa = Fixtures.podAutoscaler(annotations);
    return Decide.on(new Observed(pa, Optional.of(Fixtures.serverlessService("True", 2, 2)),
        Optional.of(Fixtures.deployment(1, 1)), Optional.empty(), RoutingState.ACTIVE, false, Fixtures.SUITED,
        Instant.EPOCH));
  }

  private static List<ScaledObjectTrigger> triggers(String fields) {
    return assertInstanceOf(Scaling.Wanted.class, decide(fields).scaling()).scaledObject().getSpec().triggers;
  }

  @Test
  void thePrometheusTriggerRefersToThemAndNoOther() {
    List<ScaledObjectTrigger> triggers = triggers("authentication: login, authModes: 'bearer'");
    assertNull(triggers.getFirst().authenticationRef);
    assertNull(triggers.getFirst().metadata.get("authModes"));
    assertEquals("login", triggers.getLast().authenticationRef.name);
    assertNull(triggers.getLast().authenticationRef.kind);
    assertEquals("bearer", triggers.getLast().metadata.get("authModes"));
  }

  @Test
  void withoutThemNothingOfItIsThere() {
    for (ScaledObjectTrigger trigger : triggers("ignoreNullValues: true")) {
      assertNull(trigger.authenticationRef);
      assertNull(trigger.metadata.get("authModes"));
    }
  }

  @Test
  void whatIsWrongWithThemIsTheCondition() {
    Decision decision = decide("authentication: login, authModes: beaer");
    Condition settings = decision.status().getConditions().stream()
        .filter(condition -> condition.getType().equals("SettingsValid")).findFirst().orElseThrow();
    assertEquals("False", settings.getStatus());
    assertTrue(settings.getMessage().contains("keda.ebb.dev/triggers[1]: authModes 'beaer' has 'beaer', which KEDA does"
        + " not use for Prometheus; did you mean bearer?"), settings.getMessage());
    assertTrue(decision.notices().stream().anyMatch(notice -> notice.reason().equals("BadSettings")));
  }
}
