package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.PhaseSpec;
import java.util.List;

/** KEDA's part for functions without Knative; for Knative services the reconciler writes it. */
final class ScaledObjects {
  private ScaledObjects() {}

  static List<Manifest> of(EbbYaml yaml) {
    return FunctionPart.all(yaml, PhaseSpec.Mode.DEPLOYMENT).stream().map(ScaledObjects::of).toList();
  }

  private static Manifest of(FunctionPart function) {
    PhaseSpec phase = function.phase();
    Fields down = Fields.of("stabilizationWindowSeconds", Triggers.SCALE_DOWN_WINDOW_SECONDS);
    Fields spec = Fields.of("scaleTargetRef", Fields.of("name", function.name()))
        .and("pollingInterval", Triggers.POLLING_SECONDS)
        .and("cooldownPeriod", phase.idleSeconds())
        // A Deployment begins with one pod. With no demand it goes as any other does, even before it was ready: it may
        // stand in a queue, or hold the GPU that another model needs.
        .and("initialCooldownPeriod", phase.idleSeconds())
        .and("minReplicaCount", phase.min())
        .and("maxReplicaCount", phase.max())
        .and("advanced", Fields.of("horizontalPodAutoscalerConfig",
            Fields.of("behavior", Fields.of("scaleDown", down))))
        .and("triggers", Triggers.scaledObject(function));
    return Manifest.of(function.yaml(), Kind.SCALED_OBJECT, function.name(), Fields.of("labels", function.labels()),
        Fields.of("spec", spec));
  }
}
