package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Resources;
import java.util.List;

/** Functions as Knative services of the autoscaler class {@code keda.ebb.dev}. */
final class KnativeServices {
  private static final String PROXY = "queue.sidecar.serving.knative.dev/";

  private KnativeServices() {}

  static List<Manifest> of(EbbYaml yaml) {
    return FunctionPart.all(yaml, PhaseSpec.Mode.KNATIVE).stream().map(KnativeServices::of).toList();
  }

  private static Manifest of(FunctionPart function) {
    Fields template = Fields.of("metadata", Fields.of("labels", function.labels().andAll(function.queueLabels()))
        .and("annotations", annotations(function))).and("spec", revision(function));
    // Only routers call functions.
    Fields labels = function.labels().and("networking.knative.dev/visibility", "cluster-local");
    return Manifest.of(function.yaml(), Kind.KNATIVE_SERVICE, function.name(), Fields.of("labels", labels),
        Fields.of("spec", Fields.of("template", template)));
  }

  private static Fields annotations(FunctionPart function) {
    return scaling(function).andAll(proxy()).andAll(ModelVolume.annotations(function.model()));
  }

  private static Fields scaling(FunctionPart function) {
    PhaseSpec phase = function.phase();
    return Fields.of("autoscaling.knative.dev/class", "keda.ebb.dev")
        .and("autoscaling.knative.dev/min-scale", Integer.toString(phase.min()))
        .and("autoscaling.knative.dev/max-scale", Integer.toString(phase.max()))
        .and("keda.ebb.dev/triggers", Triggers.annotation(function))
        .and("keda.ebb.dev/polling-interval", Triggers.POLLING_SECONDS + "s")
        .and("keda.ebb.dev/cooldown", phase.idleSeconds() + "s")
        .and("keda.ebb.dev/scale-down-window", Triggers.SCALE_DOWN_WINDOW_SECONDS + "s")
        .and("serving.knative.dev/progress-deadline", phase.startSeconds() + "s");
  }

  /** Without requests and limits of its own queue-proxy would be refused by a ResourceQuota. */
  private static Fields proxy() {
    String cpu = Resources.QUEUE_PROXY.cpu().text();
    String memory = Resources.QUEUE_PROXY.memory().text();
    return Fields.of(PROXY + "cpu-resource-request", cpu).and(PROXY + "cpu-resource-limit", cpu)
        .and(PROXY + "memory-resource-request", memory).and(PROXY + "memory-resource-limit", memory);
  }

  private static Fields revision(FunctionPart function) {
    return Fields.of("serviceAccountName", ServiceAccounts.FUNCTION)
        // The engine batches; how many requests it takes at once is its own affair.
        .and("containerConcurrency", 0)
        .and("timeoutSeconds", function.phase().timeoutSeconds())
        .and("responseStartTimeoutSeconds", function.phase().timeoutSeconds())
        .andAll(FunctionPod.placement(function))
        .and("containers", List.of(FunctionPod.container(function)))
        .and("volumes", FunctionPod.volumes(function));
  }
}
