package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.resource.ScaledObjectSpec;
import dev.ebb.keda.resource.ScaledObjectTrigger;
import dev.ebb.keda.setting.Settings;
import dev.ebb.keda.trigger.Names;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessServiceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehaviorBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The objects that a PodAutoscaler of our class stands for. */
final class Templates {
  private Templates() {}

  /** Always in mode Serve: Serving itself points the public endpoints at the activator while no pod is ready. */
  static ServerlessService serverlessService(PodAutoscaler pa) {
    return new ServerlessServiceBuilder()
        .withMetadata(owned(pa).withLabels(pa.getMetadata().getLabels()).build())
        .withNewSpec()
        .withMode("Serve")
        .withObjectRef(pa.getSpec().getScaleTargetRef())
        .withProtocolType(pa.getSpec().getProtocolType())
        .withNumActivators(0)
        .endSpec()
        .build();
  }

  static ScaledObject scaledObject(PodAutoscaler pa, Settings settings, Names names, boolean paused) {
    ScaledObject object = scaledObject(pa, settings, paused);
    object.getSpec().triggers = settings.triggers().stream()
        .map(trigger -> ScaledObjectTrigger.of(trigger.render(names))).toList();
    return object;
  }

  /**
   * One that takes the pod of a revision whose settings cannot stand, and does nothing else. KEDA heeds a pause before
   * it looks at triggers, but refuses a ScaledObject without any.
   */
  static ScaledObject heldAtZero(PodAutoscaler pa) {
    ScaledObject object = scaledObject(pa, Settings.STANDARD, true);
    object.getSpec().triggers = List.of(leapDay());
    return object;
  }

  /** Asks nobody, and is active for a minute in four years, should somebody end the pause: KEDA knows no never. */
  private static ScaledObjectTrigger leapDay() {
    ScaledObjectTrigger trigger = new ScaledObjectTrigger();
    trigger.type = "cron";
    trigger.metadata = new TreeMap<>(
        Map.of("timezone", "UTC", "start", "0 0 29 2 *", "end", "1 0 29 2 *", "desiredReplicas", "1"));
    return trigger;
  }

  private static ScaledObject scaledObject(PodAutoscaler pa, Settings settings, boolean paused) {
    ScaledObject object = new ScaledObject();
    ObjectMeta metadata = owned(pa).build();
    if (paused) {
      metadata.setAnnotations(Map.of(ScaledObject.PAUSED_REPLICAS, "0", Scaling.PAUSED_BY_ROUTING, "true"));
    }
    object.setMetadata(metadata);
    object.setSpec(spec(pa, settings));
    return object;
  }

  private static ScaledObjectSpec spec(PodAutoscaler pa, Settings settings) {
    ScaledObjectSpec spec = new ScaledObjectSpec();
    spec.scaleTargetRef = new ScaledObjectSpec.TargetRef();
    spec.scaleTargetRef.name = pa.getSpec().getScaleTargetRef().getName();
    spec.pollingInterval = seconds(settings.pollingInterval());
    spec.cooldownPeriod = seconds(settings.cooldown());
    spec.initialCooldownPeriod = seconds(settings.cooldown());
    spec.minReplicaCount = settings.min();
    spec.maxReplicaCount = settings.max();
    spec.advanced = scaleDown(seconds(settings.scaleDownWindow()));
    return spec;
  }

  /** Without any behaviour for scaling down, HPA remembers past replicas and wakes as many for one request. */
  private static ScaledObjectSpec.Advanced scaleDown(int windowS) {
    ScaledObjectSpec.Advanced advanced = new ScaledObjectSpec.Advanced();
    advanced.horizontalPodAutoscalerConfig = new ScaledObjectSpec.HpaConfig();
    advanced.horizontalPodAutoscalerConfig.behavior = new HorizontalPodAutoscalerBehaviorBuilder()
        .withNewScaleDown().withStabilizationWindowSeconds(windowS).endScaleDown().build();
    return advanced;
  }

  private static ObjectMetaBuilder owned(PodAutoscaler pa) {
    return new ObjectMetaBuilder().withName(pa.getMetadata().getName()).withNamespace(pa.getMetadata().getNamespace())
        .withOwnerReferences(Ownership.controlledBy(pa));
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
