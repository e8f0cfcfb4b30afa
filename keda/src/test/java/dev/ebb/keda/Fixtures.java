package dev.ebb.keda;

import dev.ebb.keda.decide.Serving;
import dev.ebb.keda.setting.Annotations;
import dev.ebb.keda.trigger.ActivatorSeries;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerBuilder;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessServiceBuilder;
import io.fabric8.knative.serving.v1.Revision;
import io.fabric8.knative.serving.v1.RevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Objects as Knative Serving leaves them for one revision, {@code ns/rev-1} of the service {@code decode}. */
public final class Fixtures {
  /** Two triggers as a user writes them. */
  public static final String TRIGGERS = """
      - {type: external-push, scalerAddress: "router:9190", metadata: {rev: "{revision}"}}
      - type: prometheus
        serverAddress: http://prom:9090
        query: sum(ebb_demand{rev="{revision}"})
        threshold: 4
      """;

  /** A Serving about which there is nothing to say. */
  public static final Serving SUITED = new Serving("", ActivatorSeries.EITHER, List.of());

  private Fixtures() {}

  /** Annotations of a sound revision. */
  public static Map<String, String> annotations() {
    return new LinkedHashMap<>(Map.of(Annotations.CLASS, Annotations.CLASS_NAME, Annotations.TRIGGERS, TRIGGERS,
        Annotations.COOLDOWN, "15s", Annotations.MAX_SCALE, "2"));
  }

  /** Labels as Serving sets them. */
  public static Map<String, String> labels() {
    return new LinkedHashMap<>(Map.of("serving.knative.dev/service", "decode", "serving.knative.dev/configuration",
        "decode", "serving.knative.dev/revision", "rev-1"));
  }

  /** A PodAutoscaler without a status. */
  public static PodAutoscaler podAutoscaler(Map<String, String> annotations) {
    return new PodAutoscalerBuilder()
        .withNewMetadata().withName("rev-1").withNamespace("ns").withUid("uid-1").withGeneration(3L)
        .withLabels(labels()).withAnnotations(annotations).endMetadata()
        .withNewSpec().withProtocolType("http1").withReachability("Reachable")
        .withNewScaleTargetRef().withApiVersion("apps/v1").withKind("Deployment").withName("rev-1-deployment")
        .endScaleTargetRef().endSpec()
        .build();
  }

  /** The ServerlessService once Serving has seen it. */
  public static ServerlessService serverlessService(String ready, long generation, long observed) {
    return new ServerlessServiceBuilder()
        .withNewMetadata().withName("rev-1").withNamespace("ns").withGeneration(generation)
        .addNewOwnerReference().withApiVersion("autoscaling.internal.knative.dev/v1alpha1").withKind("PodAutoscaler")
        .withName("rev-1").withUid("uid-1").withController(true).endOwnerReference().endMetadata()
        .withNewStatus().withServiceName("rev-1").withPrivateServiceName("rev-1-private")
        .withObservedGeneration(observed)
        .addNewCondition().withType("Ready").withStatus(ready).endCondition().endStatus()
        .build();
  }

  /** The revision's Deployment; null leaves a count out. */
  public static Deployment deployment(Integer replicas, Integer ready) {
    return new DeploymentBuilder()
        .withNewMetadata().withName("rev-1-deployment").withNamespace("ns").withLabels(labels()).endMetadata()
        .withNewSpec().withReplicas(replicas).withNewSelector().endSelector()
        .withNewTemplate().endTemplate().endSpec()
        .withNewStatus().withReadyReplicas(ready).endStatus()
        .build();
  }

  /** The Revision with its routing state. */
  public static Revision revision(String routingState) {
    return new RevisionBuilder().withNewMetadata().withName("rev-1").withNamespace("ns")
        .addToLabels("serving.knative.dev/routingState", routingState).endMetadata().build();
  }
}
