package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.resource.ScaledObjectStatus;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.pkg.apis.Condition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every history of observations, tried on random ones. */
class DecidePropertyTest {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
  private static final int STEPS = 400;

  private Random random;
  private final PodAutoscaler pa = Fixtures.podAutoscaler(Fixtures.annotations());
  private Optional<ScaledObject> scaledObject = Optional.empty();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyHistoryKeepsTheContract(long seed) {
    random = new Random(seed);
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    boolean podWasReady = false;
    for (int step = 0; step < STEPS; step++) {
      now = now.plusSeconds(1 + random.nextInt(100));
      Observed seen = observe(now);
      String before = SERIALIZATION.asJson(pa);
      PodAutoscalerStatus previous = pa.getStatus();
      Decision decision = Decide.on(seen);
      assertEquals(before, SERIALIZATION.asJson(pa), "deciding changes nothing");
      assertEquals(json(decision), json(Decide.on(seen)), "the same again");
      podWasReady |= seen.deployment().map(it -> it.getStatus().getReadyReplicas() > 0).orElse(false);
      checkConditions(previous, decision.status(), now, podWasReady);
      boolean needless = seen.superseded() || seen.routing() == RoutingState.RESERVE;
      assertTrue(isActive(decision.status()) || initialized(decision.status()) || needless,
          "Active False only once initialized, or given up");
      boolean acts = initialized(decision.status()) || needless || seen.scaledObject().isPresent();
      assertEquals(acts, !(decision.scaling() instanceof Scaling.Untouched));
      carryOut(decision);
      Observed after = new Observed(pa, seen.serverlessService(), seen.deployment(), scaledObject, seen.routing(),
          seen.superseded(), seen.serving(), now.plusSeconds(1));
      Decision again = Decide.on(after);
      assertEquals(SERIALIZATION.asJson(decision.status()), SERIALIZATION.asJson(again.status()), "idempotent");
      assertEquals(List.of(), again.notices(), "said once");
    }
  }

  private void checkConditions(PodAutoscalerStatus previous, PodAutoscalerStatus status, Instant now, boolean ready) {
    List<Condition> before = previous == null ? List.of() : previous.getConditions();
    for (Condition condition : status.getConditions()) {
      Optional<Condition> was = Conditions.find(before, condition.getType());
      boolean same = was.filter(it -> it.getStatus().equals(condition.getStatus())).isPresent();
      assertEquals(same ? was.get().getLastTransitionTime() : now.toString(), condition.getLastTransitionTime());
    }
    assertTrue(!initialized(status) || ready, "initialized only after a ready pod");
    assertTrue(previous == null || !initialized(previous) || initialized(status), "initialized is for good");
    assertEquals(summary(status), statusOf(status, Conditions.READY));
    assertTrue(status.getServiceName() != null && status.getMetricsServiceName() != null, "required keys");
  }

  private static String summary(PodAutoscalerStatus status) {
    List<String> others = status.getConditions().stream().filter(it -> !it.getType().equals(Conditions.READY))
        .filter(it -> it.getSeverity() == null).map(Condition::getStatus).toList();
    return others.contains("False") ? "False" : others.contains("Unknown") ? "Unknown" : "True";
  }

  private void carryOut(Decision decision) {
    pa.setStatus(decision.status());
    switch (decision.scaling()) {
      case Scaling.Untouched untouched -> { }
      case Scaling.Wanted wanted -> {
        ScaledObjectStatus status = scaledObject.map(ScaledObject::getStatus).orElse(null);
        scaledObject = Optional.of(wanted.scaledObject());
        scaledObject.get().setStatus(status);
      }
      case Scaling.PauseOnly(boolean paused) -> scaledObject.ifPresent(object -> object.getMetadata().setAnnotations(
          paused ? Map.of(ScaledObject.PAUSED_REPLICAS, "0", Scaling.PAUSED_BY_ROUTING, "true") : Map.of()));
    }
  }

  private Observed observe(Instant now) {
    Map<String, String> annotations = Fixtures.annotations();
    if (random.nextInt(4) == 0) {
      annotations.put(Annotations.MIN_SCALE, Integer.toString(random.nextInt(6)));
    }
    pa.getMetadata().setAnnotations(annotations);
    pa.getMetadata().setGeneration(3L + random.nextInt(3));
    Optional<ServerlessService> sks = random.nextInt(5) == 0 ? Optional.empty()
        : Optional.of(Fixtures.serverlessService(random.nextInt(3) == 0 ? "Unknown" : "True", 2,
            2L - random.nextInt(2)));
    scaledObject.ifPresent(object -> object.setStatus(verdict(random.nextInt(3))));
    int replicas = random.nextInt(3);
    return new Observed(pa, sks, random.nextInt(8) == 0 ? Optional.empty()
        : Optional.of(Fixtures.deployment(replicas, random.nextInt(replicas + 1))), scaledObject,
        RoutingState.values()[random.nextInt(RoutingState.values().length)], random.nextInt(4) == 0,
        random.nextBoolean() ? Fixtures.SUITED : Serving.of(Map.of(), Map.of()), now);
  }

  private static ScaledObjectStatus verdict(int kind) {
    ScaledObjectStatus.StatusCondition ready = new ScaledObjectStatus.StatusCondition();
    ready.type = "Ready";
    ready.status = kind == 0 ? "False" : "True";
    ScaledObjectStatus status = new ScaledObjectStatus();
    status.conditions = kind == 2 ? List.of() : List.of(ready);
    return status;
  }

  private static boolean isActive(PodAutoscalerStatus status) {
    return !"False".equals(statusOf(status, Conditions.ACTIVE));
  }

  private static boolean initialized(PodAutoscalerStatus status) {
    return "True".equals(statusOf(status, Conditions.INITIALIZED));
  }

  private static String statusOf(PodAutoscalerStatus status, String type) {
    return Conditions.find(status.getConditions(), type).orElseThrow().getStatus();
  }

  private static String json(Decision decision) {
    return SERIALIZATION.asJson(decision.status()) + SERIALIZATION.asJson(decision.serverlessService().orElse(null))
        + (decision.scaling() instanceof Scaling.Wanted wanted ? SERIALIZATION.asJson(wanted.scaledObject())
            : decision.scaling().toString()) + decision.notices();
  }
}
