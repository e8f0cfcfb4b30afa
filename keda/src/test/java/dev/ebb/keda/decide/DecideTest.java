package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.resource.ScaledObjectStatus;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.pkg.apis.Condition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract of controllers-facts.md, section 5, row by row. */
class DecideTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00.5Z");
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private final PodAutoscaler pa = Fixtures.podAutoscaler(Fixtures.annotations());
  private Optional<ServerlessService> sks = Optional.of(Fixtures.serverlessService("True", 2, 2));
  private Optional<Deployment> deployment = Optional.of(Fixtures.deployment(1, 1));
  private Optional<ScaledObject> scaledObject = Optional.empty();
  private RoutingState routing = RoutingState.ACTIVE;
  private boolean superseded;

  private Decision decide(Instant now) {
    return Decide.on(new Observed(pa, sks, deployment, scaledObject, routing, superseded, Fixtures.SUITED, now));
  }

  /** Decides and lets the status be written. */
  private Decision settle(Instant now) {
    Decision decision = decide(now);
    pa.setStatus(decision.status());
    return decision;
  }

  private void seen(Integer replicas, Integer ready) {
    deployment = Optional.of(Fixtures.deployment(replicas, ready));
  }

  private static String conditions(PodAutoscalerStatus status) {
    StringBuilder text = new StringBuilder();
    for (Condition condition : status.getConditions()) {
      text.append(condition.getType()).append('=').append(condition.getStatus())
          .append(condition.getReason() == null ? "" : "/" + condition.getReason()).append(' ');
    }
    return text.toString().strip();
  }

  @Test
  void aRevisionThatNeverStartedGivesUpItsPodToANewerOne() {
    seen(1, 0);
    settle(T0);
    assertInstanceOf(Scaling.Untouched.class, decide(T0).scaling(), "while there is no newer one it may take its time");
    superseded = true;
    Decision decision = settle(T0.plusSeconds(5));
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decision.scaling());
    assertTrue(wanted.paused());
    assertEquals(List.of("Paused"), reasons(decision));
    assertTrue(conditions(decision.status()).contains("Active=False/Superseded"), conditions(decision.status()));
  }

  @Test
  void aRevisionThatNeverStartedAndThatNoRouteNamesAnyMoreGivesUpItsPodUntilOneDoes() {
    seen(1, 0);
    routing = RoutingState.PENDING;
    settle(T0);
    assertInstanceOf(Scaling.Untouched.class, decide(T0).scaling(), "no route named it yet: it may start");
    routing = RoutingState.RESERVE;
    scaledObject = Optional.of(((Scaling.Wanted) settle(T0.plusSeconds(5)).scaling()).scaledObject());
    assertEquals("0", scaledObject.get().getMetadata().getAnnotations().get(ScaledObject.PAUSED_REPLICAS));
    routing = RoutingState.ACTIVE;
    Decision again = settle(T0.plusSeconds(9));
    assertFalse(assertInstanceOf(Scaling.Wanted.class, again.scaling()).paused());
    assertEquals(List.of("Resumed"), reasons(again));
    assertTrue(conditions(again.status()).contains("Active=Unknown/Queued"), conditions(again.status()));
  }

  @Test
  void aRevisionThatWasReadyOnceKeepsItsTrafficBesideANewerOne() {
    settle(T0);
    superseded = true;
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decide(T0.plusSeconds(5)).scaling());
    assertFalse(wanted.paused());
  }

  private static List<String> reasons(Decision decision) {
    return decision.notices().stream().map(Notice::reason).toList();
  }

  @Test
  void theServerlessServiceIsTheContracts() {
    assertEquals(SERIALIZATION.unmarshal("""
        apiVersion: networking.internal.knative.dev/v1alpha1
        kind: ServerlessService
        metadata:
          name: rev-1
          namespace: ns
          labels: {serving.knative.dev/service: decode, serving.knative.dev/configuration: decode,
            serving.knative.dev/revision: rev-1}
          ownerReferences:
          - {apiVersion: autoscaling.internal.knative.dev/v1alpha1, kind: PodAutoscaler, name: rev-1, uid: uid-1,
            controller: true, blockOwnerDeletion: true}
        spec:
          mode: Serve
          objectRef: {apiVersion: apps/v1, kind: Deployment, name: rev-1-deployment}
          protocolType: http1
          numActivators: 0
        """, Map.class), tree(decide(T0).serverlessService().orElseThrow()));
  }

  @Test
  void theScaledObjectIsTheContracts() {
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decide(T0).scaling());
    assertEquals(SERIALIZATION.unmarshal("""
        apiVersion: keda.sh/v1alpha1
        kind: ScaledObject
        metadata:
          name: rev-1
          namespace: ns
          ownerReferences:
          - {apiVersion: autoscaling.internal.knative.dev/v1alpha1, kind: PodAutoscaler, name: rev-1, uid: uid-1,
            controller: true, blockOwnerDeletion: true}
        spec:
          scaleTargetRef: {name: rev-1-deployment}
          pollingInterval: 5
          cooldownPeriod: 15
          initialCooldownPeriod: 15
          minReplicaCount: 0
          maxReplicaCount: 2
          advanced: {horizontalPodAutoscalerConfig: {behavior: {scaleDown: {stabilizationWindowSeconds: 300}}}}
          triggers:
          - {type: external-push, metadata: {scalerAddress: "router:9190", rev: rev-1}}
          - type: prometheus
            metadata: {serverAddress: "http://prom:9090", query: 'sum(ebb_demand{rev="rev-1"})', threshold: "4",
              activationThreshold: "0", ignoreNullValues: "false"}
        """, Map.class), tree(wanted.scaledObject()));
  }

  @Test
  void theStatusOfAnAwakeRevisionIsTheContracts() {
    assertEquals(SERIALIZATION.unmarshal("""
        observedGeneration: 3
        serviceName: rev-1
        metricsServiceName: rev-1-private
        desiredScale: 1
        actualScale: 1
        conditions:
        - {type: Active, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}
        - {type: SKSReady, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}
        - {type: ScaleTargetInitialized, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}
        - {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:00Z"}
        """, Map.class), tree(decide(T0).status()));
  }

  @Test
  void beforeAnythingIsThereBothNamesAreEmptyAndNothingIsFalse() {
    sks = Optional.empty();
    deployment = Optional.empty();
    Decision decision = decide(T0);
    Map<?, ?> status = tree(decision.status());
    assertEquals("", status.get("serviceName"));
    assertEquals("", status.get("metricsServiceName"));
    assertTrue(!status.containsKey("desiredScale") && !status.containsKey("actualScale"));
    assertEquals("Active=Unknown/Queued SKSReady=Unknown/NotReady ScaleTargetInitialized=Unknown Ready=Unknown/Queued",
        conditions(decision.status()));
    assertInstanceOf(Scaling.Untouched.class, decision.scaling());
    assertTrue(decision.serverlessService().isPresent());
  }

  @Test
  void beforeTheFirstReadyPodActiveIsNeverFalse() {
    for (Integer replicas : new Integer[] {0, 1, null}) {
      seen(replicas, 0);
      assertEquals("Active=Unknown/Queued SKSReady=True ScaleTargetInitialized=Unknown Ready=Unknown/Queued",
          conditions(decide(T0).status()));
      assertInstanceOf(Scaling.Untouched.class, decide(T0).scaling());
    }
  }

  @Test
  void aReadyPodAloneDoesNotInitialize() {
    for (Optional<ServerlessService> unready : List.of(Optional.<ServerlessService>empty(),
        Optional.of(Fixtures.serverlessService("Unknown", 2, 2)),
        Optional.of(Fixtures.serverlessService("True", 2, 1)))) {
      sks = unready;
      Decision decision = decide(T0);
      assertEquals("Active=True SKSReady=Unknown/NotReady ScaleTargetInitialized=Unknown Ready=Unknown/NotReady",
          conditions(decision.status()));
      assertInstanceOf(Scaling.Untouched.class, decision.scaling());
    }
  }

  @Test
  void initializedIsStickyAndZeroIsNoTraffic() {
    settle(T0);
    seen(0, 0);
    Decision zero = settle(T0.plusSeconds(60));
    assertEquals("Active=False/NoTraffic SKSReady=True ScaleTargetInitialized=True Ready=False/NoTraffic",
        conditions(zero.status()));
    assertInstanceOf(Scaling.Wanted.class, zero.scaling());
    seen(1, 0);
    assertEquals("Active=Unknown/Queued SKSReady=True ScaleTargetInitialized=True Ready=Unknown/Queued",
        conditions(settle(T0.plusSeconds(90)).status()));
    sks = Optional.empty();
    assertEquals("Active=Unknown/Queued SKSReady=Unknown/NotReady ScaleTargetInitialized=True Ready=Unknown/Queued",
        conditions(settle(T0.plusSeconds(99)).status()));
  }

  @Test
  void aPodThatIsStillReadyWhileItEndsDoesNotMakeItActive() {
    settle(T0);
    seen(0, 1);
    PodAutoscalerStatus status = decide(T0).status();
    assertEquals("False", Conditions.find(status.getConditions(), "Active").orElseThrow().getStatus());
    assertEquals(1, status.getActualScale());
    assertEquals(0, status.getDesiredScale());
  }

  @Test
  void initialScaleZeroNeedsNoPod() {
    pa.getMetadata().getAnnotations().put(Annotations.INITIAL_SCALE, "0");
    seen(0, 0);
    Decision decision = decide(T0);
    assertEquals("Active=False/NoTraffic SKSReady=True ScaleTargetInitialized=True Ready=False/NoTraffic",
        conditions(decision.status()));
    assertInstanceOf(Scaling.Wanted.class, decision.scaling());
  }

  @Test
  void transitionTimesStayWhileTheStatusDoes() {
    settle(T0);
    seen(0, 0);
    PodAutoscalerStatus zero = settle(T0.plusSeconds(60)).status();
    assertEquals(List.of("2026-01-01T00:01:00Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
        "2026-01-01T00:01:00Z"), zero.getConditions().stream().map(Condition::getLastTransitionTime).toList());
  }

  @Test
  void aRevisionInReserveIsHeldAtZeroWhateverItsReachability() {
    routing = RoutingState.RESERVE;
    Scaling.Wanted reserve = assertInstanceOf(Scaling.Wanted.class, decide(T0).scaling());
    assertTrue(reserve.paused());
    assertEquals("0", reserve.scaledObject().getMetadata().getAnnotations().get(ScaledObject.PAUSED_REPLICAS));
    pa.getSpec().setReachability("Unreachable");
    for (RoutingState state : List.of(RoutingState.ACTIVE, RoutingState.PENDING, RoutingState.UNKNOWN)) {
      routing = state;
      assertEquals(false, assertInstanceOf(Scaling.Wanted.class, decide(T0).scaling()).paused(), state.name());
    }
  }

  @Test
  void aRevisionThatIsNotSeenKeepsItsPause() {
    routing = RoutingState.RESERVE;
    scaledObject = Optional.of(((Scaling.Wanted) settle(T0).scaling()).scaledObject());
    routing = RoutingState.UNKNOWN;
    assertTrue(((Scaling.Wanted) decide(T0).scaling()).paused());
    routing = RoutingState.ACTIVE;
    assertEquals(List.of("Resumed"), reasons(decide(T0)));
    scaledObject = Optional.of(((Scaling.Wanted) decide(T0).scaling()).scaledObject());
    assertEquals(List.of(), reasons(decide(T0)));
  }

  @Test
  void badSettingsSayWhatIsWrongOnceAndTearNothingDown() {
    settle(T0);
    pa.getMetadata().getAnnotations().put(Annotations.MIN_SCALE, "3");
    Decision bad = settle(T0.plusSeconds(10));
    assertEquals("SettingsValid=False/BadSettings Active=True SKSReady=True ScaleTargetInitialized=True "
        + "Ready=False/BadSettings", conditions(bad.status()));
    String message = Conditions.find(bad.status().getConditions(), "Ready").orElseThrow().getMessage();
    assertTrue(message.contains("autoscaling.knative.dev/min-scale '3'"), message);
    assertEquals(List.of(new Notice(true, "BadSettings", message)), bad.notices());
    assertTrue(bad.serverlessService().isPresent());
    assertEquals(new Scaling.PauseOnly(false), bad.scaling());
    assertEquals(List.of(), decide(T0.plusSeconds(20)).notices(), "said once");
    routing = RoutingState.RESERVE;
    assertEquals(new Scaling.PauseOnly(true), decide(T0).scaling());
    routing = RoutingState.ACTIVE;
    pa.getMetadata().getAnnotations().remove(Annotations.MIN_SCALE);
    assertEquals(List.of("SettingsAccepted"), reasons(decide(T0.plusSeconds(30))));
  }

  @Test
  void aRevisionWithBadSettingsDoesNotStart() {
    pa.getMetadata().getAnnotations().remove(Annotations.TRIGGERS);
    Decision decision = decide(T0);
    assertEquals("SettingsValid=False/BadSettings Active=True SKSReady=True ScaleTargetInitialized=Unknown "
        + "Ready=False/BadSettings", conditions(decision.status()));
    assertInstanceOf(Scaling.Untouched.class, decision.scaling());
  }

  @Test
  void kedasVerdictIsToldButDoesNotCount() {
    ScaledObject object = ((Scaling.Wanted) settle(T0).scaling()).scaledObject();
    object.setStatus(SERIALIZATION.unmarshal(
        "conditions: [{type: Ready, status: 'False', reason: ScalerFailed, message: no auth}]",
        ScaledObjectStatus.class));
    scaledObject = Optional.of(object);
    Decision decision = settle(T0);
    assertEquals("Active=True SKSReady=True ScaleTargetInitialized=True ScaledObjectReady=False/ScalerFailed "
        + "Ready=True", conditions(decision.status()));
    assertEquals(List.of(new Notice(true, "ScaledObjectNotReady", "KEDA says ScalerFailed: no auth")),
        decision.notices());
    assertEquals(List.of(), decide(T0).notices());
  }

  @Test
  void objectsOfOthersAreLeftAlone() {
    Consumer<List<String>> expect = expected -> assertEquals(expected, reasons(decide(T0)));
    sks.orElseThrow().getMetadata().getOwnerReferences().getFirst().setUid("another life");
    expect.accept(List.of("NotOwned"));
    Decision decision = settle(T0);
    sks = Optional.of(Fixtures.serverlessService("True", 2, 2));
    assertEquals("Active=True SKSReady=Unknown/NotOwned ScaleTargetInitialized=Unknown Ready=Unknown/NotOwned",
        conditions(decision.status()));
    assertTrue(decision.serverlessService().isEmpty());
    assertEquals("", decision.status().getServiceName());
    ScaledObject foreign = new ScaledObject();
    foreign.getMetadata().setName("rev-1");
    scaledObject = Optional.of(foreign);
    expect.accept(List.of("Started", "NotOwned"));
    assertInstanceOf(Scaling.Untouched.class, decide(T0).scaling());
  }

  @Test
  void whatOthersPutIntoTheStatusStays() {
    PodAutoscalerStatus before = new PodAutoscalerStatus();
    before.setAnnotations(Map.of("a", "b"));
    before.setAdditionalProperty("future", 1);
    pa.setStatus(before);
    assertEquals(Map.of("a", "b"), decide(T0).status().getAnnotations());
    assertEquals(Map.of("future", 1), decide(T0).status().getAdditionalProperties());
  }

  private static Map<?, ?> tree(Object object) {
    return SERIALIZATION.unmarshal(SERIALIZATION.asJson(object), Map.class);
  }
}
