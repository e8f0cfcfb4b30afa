package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.PhaseSpec;
import java.util.List;

/** Functions in the mode without Knative. KEDA owns their replicas, so none are given. */
final class FunctionDeployments {
  /** Between the end of the drain and the kill. */
  private static final int GRACE_SECONDS = 5;

  private FunctionDeployments() {}

  static List<Manifest> of(EbbYaml yaml) {
    return FunctionPart.all(yaml, PhaseSpec.Mode.DEPLOYMENT).stream().map(FunctionDeployments::of).toList();
  }

  private static Manifest of(FunctionPart function) {
    // By the label app a router tells whose pod it is that waits for quota; Knative's pods name their revision.
    Fields podLabels = function.labels().and("app", function.name());
    Fields spec = Fields.of("progressDeadlineSeconds", function.phase().startSeconds())
        .and("selector", Labels.selecting(function.selector()))
        .andAny("strategy", strategy(function))
        .and("template", Fields.of("metadata", Fields.of("labels", podLabels)
            .andAny("annotations", ModelVolume.annotations(function.model()))).and("spec", pod(function)));
    // Kueue's webhook copies its labels from here to the pods.
    Fields labels = function.labels().andAll(function.queueLabels());
    return Manifest.of(function.yaml(), Kind.DEPLOYMENT, function.name(), Fields.of("labels", labels),
        Fields.of("spec", spec));
  }

  /** A new pod beside the old would wait for a GPU that the old one holds. */
  private static Fields strategy(FunctionPart function) {
    return function.phase().gpus().count() == 0 ? new Fields() : Fields.of("type", "RollingUpdate")
        .and("rollingUpdate", Fields.of("maxSurge", 0).and("maxUnavailable", 1));
  }

  private static Fields pod(FunctionPart function) {
    return Fields.of("serviceAccountName", ServiceAccounts.FUNCTION)
        .and("enableServiceLinks", false)
        .and("terminationGracePeriodSeconds", function.phase().drainSeconds() + GRACE_SECONDS)
        .andAll(FunctionPod.placement(function))
        .and("containers", List.of(FunctionPod.container(function)))
        .and("volumes", FunctionPod.volumes(function));
  }
}
