package dev.ebb.keda.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaledObjectTest {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  /** A ScaledObject with a field at every level that this module has no name for. */
  private static final String FULL = """
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: rev, namespace: ns, annotations: {autoscaling.keda.sh/paused-replicas: "0"}}
      spec:
        scaleTargetRef: {name: rev-deployment, envSourceContainerName: app}
        pollingInterval: 5
        cooldownPeriod: 15
        initialCooldownPeriod: 15
        idleReplicaCount: 0
        minReplicaCount: 1
        maxReplicaCount: 2
        fallback: {failureThreshold: 3, replicas: 6}
        advanced:
          restoreToOriginalReplicaCount: true
          horizontalPodAutoscalerConfig:
            name: hpa
            behavior: {scaleDown: {stabilizationWindowSeconds: 300, future: 1}}
        triggers:
        - type: prometheus
          name: backup
          metricType: Value
          useCachedMetrics: true
          metadata: {threshold: "4"}
          authenticationRef: {name: auth, kind: ClusterTriggerAuthentication, future: x}
      status:
        hpaName: hpa
        conditions: [{type: Ready, status: "True", reason: Ok, message: m, lastTransitionTime: t}]
      """;

  @Test
  void nothingIsLostByReadingAndWriting() {
    Map<?, ?> before = SERIALIZATION.unmarshal(FULL, Map.class);
    ScaledObject read = SERIALIZATION.unmarshal(FULL, ScaledObject.class);
    assertEquals(before, SERIALIZATION.unmarshal(SERIALIZATION.asJson(read), Map.class));
  }

  @Test
  void knownFieldsAreRead() {
    ScaledObject read = SERIALIZATION.unmarshal(FULL, ScaledObject.class);
    assertEquals("rev-deployment", read.getSpec().scaleTargetRef.name);
    assertEquals(300, read.getSpec().advanced.horizontalPodAutoscalerConfig.behavior.getScaleDown()
        .getStabilizationWindowSeconds());
    assertEquals("auth", read.getSpec().triggers.getFirst().authenticationRef.name);
    assertEquals("Ok", read.getStatus().condition("Ready").orElseThrow().reason);
    assertEquals(true, read.getStatus().condition("Paused").isEmpty());
  }

  @Test
  void kindsAreServedUnderKedasNames() {
    assertEquals("scaledobjects.keda.sh", HasMetadata.getFullResourceName(ScaledObject.class));
    assertEquals("triggerauthentications.keda.sh", HasMetadata.getFullResourceName(TriggerAuthentication.class));
    assertEquals("keda.sh/v1alpha1", new ScaledObject().getApiVersion());
    assertEquals("ScaledObject", new ScaledObject().getKind());
  }

  @Test
  void aTriggerAuthenticationKeepsOtherSources() {
    String text = """
        apiVersion: keda.sh/v1alpha1
        kind: TriggerAuthentication
        metadata: {name: auth}
        spec:
          secretTargetRef: [{parameter: bearerToken, name: prom, key: token}]
          podIdentity: {provider: none}
        """;
    TriggerAuthentication read = SERIALIZATION.unmarshal(text, TriggerAuthentication.class);
    assertEquals("token", read.getSpec().secretTargetRef.getFirst().key);
    assertEquals(SERIALIZATION.unmarshal(text, Map.class),
        SERIALIZATION.unmarshal(SERIALIZATION.asJson(read), Map.class));
  }
}
