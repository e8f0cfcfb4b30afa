package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whose pause is on a ScaledObject, and what becomes of it where the settings cannot stand. */
class PauseTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final PodAutoscaler pa = Fixtures.podAutoscaler(Fixtures.annotations());
  private Optional<ScaledObject> scaledObject = Optional.empty();
  private int ready = 1;
  private RoutingState routing = RoutingState.ACTIVE;
  private boolean superseded;

  /** Decides and lets it be written, the pause too. */
  private Decision settle() {
    Decision decision = Decide.on(new Observed(pa, Optional.of(Fixtures.serverlessService("True", 2, 2)),
        Optional.of(Fixtures.deployment(1, ready)), scaledObject, routing, superseded, Fixtures.SUITED, T0));
    pa.setStatus(decision.status());
    if (decision.scaling() instanceof Scaling.Wanted wanted) {
      scaledObject = Optional.of(wanted.scaledObject());
    }
    return decision;
  }

  private static List<String> reasons(Decision decision) {
    return decision.notices().stream().map(Notice::reason).toList();
  }

  private void neverReadyAndWithBadSettings() {
    ready = 0;
    pa.getMetadata().getAnnotations().remove(Annotations.TRIGGERS);
    assertInstanceOf(Scaling.Untouched.class, settle().scaling(), "while nothing takes its place");
  }

  @Test
  void aRevisionThatNeverStartedGivesUpItsPodAlsoWithBadSettings() {
    neverReadyAndWithBadSettings();
    superseded = true;
    Decision decision = settle();
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decision.scaling());
    assertTrue(wanted.paused());
    assertEquals(Map.of(ScaledObject.PAUSED_REPLICAS, "0", Scaling.PAUSED_BY_ROUTING, "true"),
        wanted.scaledObject().getMetadata().getAnnotations());
    assertEquals("rev-1-deployment", wanted.scaledObject().getSpec().scaleTargetRef.name);
    assertEquals(0, wanted.scaledObject().getSpec().minReplicaCount);
    assertEquals(List.of("cron"), wanted.scaledObject().getSpec().triggers.stream().map(it -> it.type).toList());
    assertEquals(List.of("Paused"), reasons(decision));
    assertEquals(new Scaling.PauseOnly(true), settle().scaling());
  }

  @Test
  void aRevisionWithBadSettingsThatGaveUpItsPodDoesNotStartUntilTheyAreMended() {
    neverReadyAndWithBadSettings();
    routing = RoutingState.RESERVE;
    settle();
    routing = RoutingState.ACTIVE;
    Decision again = settle();
    assertEquals(new Scaling.PauseOnly(true), again.scaling(), "none of its triggers could wake it");
    assertEquals(List.of(), reasons(again));
    pa.getMetadata().getAnnotations().put(Annotations.TRIGGERS, Fixtures.TRIGGERS);
    Decision mended = settle();
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, mended.scaling());
    assertFalse(wanted.paused());
    assertEquals(List.of("external-push", "prometheus"),
        wanted.scaledObject().getSpec().triggers.stream().map(it -> it.type).toList());
    assertEquals(List.of("SettingsAccepted", "Resumed"), reasons(mended));
  }

  @Test
  void aPauseThatAPersonSetIsNotOursWhateverTheRouting() {
    settle();
    scaledObject.orElseThrow().getMetadata().setAnnotations(Map.of(ScaledObject.PAUSED_REPLICAS, "2"));
    ScaledObject byPerson = scaledObject.orElseThrow();
    for (RoutingState state : RoutingState.values()) {
      routing = state;
      scaledObject = Optional.of(byPerson);
      Decision decision = settle();
      Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decision.scaling());
      assertFalse(wanted.paused(), state.name());
      assertEquals(Map.of(), wanted.scaledObject().getMetadata().getAnnotations(), state.name());
      assertEquals(List.of(), reasons(decision), state.name());
    }
    scaledObject = Optional.of(byPerson);
    routing = RoutingState.RESERVE;
    pa.getMetadata().getAnnotations().put(Annotations.COOLDOWN, "soon");
    assertEquals(new Scaling.PauseOnly(false), settle().scaling());
  }
}
