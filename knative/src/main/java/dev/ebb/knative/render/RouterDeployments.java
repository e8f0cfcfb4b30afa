package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import java.util.List;

/**
 * The routers: Deployments and not Knative services, since they are never at zero and need a second port, which
 * Knative does not give, for the scaler that KEDA listens to.
 */
final class RouterDeployments {
  /** Between the end of the drain and the kill. */
  private static final int GRACE_SECONDS = 5;

  private RouterDeployments() {}

  static List<Manifest> of(EbbYaml yaml) {
    return RouterPart.all(yaml).stream().map(RouterDeployments::of).toList();
  }

  private static Manifest of(RouterPart router) {
    Fields spec = Fields.of("replicas", router.yaml().router().replicas())
        .and("selector", Labels.selecting(router.selector()))
        .and("strategy", Fields.of("type", "RollingUpdate")
            .and("rollingUpdate", Fields.of("maxSurge", 1).and("maxUnavailable", 0)))
        .and("template", Fields.of("metadata", Fields.of("labels", router.labels())
            .andAny("annotations", ModelVolume.annotations(router.model()))).and("spec", pod(router)));
    return Manifest.of(router.yaml(), Kind.DEPLOYMENT, router.name(), Fields.of("labels", router.labels()),
        Fields.of("spec", spec));
  }

  private static Fields pod(RouterPart router) {
    return Fields.of("serviceAccountName", ServiceAccounts.ROUTER)
        .and("enableServiceLinks", false)
        .and("terminationGracePeriodSeconds",
            RouterPart.LEAVE_SECONDS + router.yaml().router().drainSeconds() + GRACE_SECONDS)
        .andAll(Placement.ofRouter(router.model()))
        .andAny("topologySpreadConstraints", spread(router))
        .and("containers", List.of(container(router)))
        .and("volumes", List.of(ModelVolume.volume(router.model()), Containers.temporaryVolume()));
  }

  /** A node that goes should not take all replicas with it; but on a cluster of one node they must run, too. */
  private static List<Fields> spread(RouterPart router) {
    return router.yaml().router().replicas() == 1 ? List.of() : List.of(Fields.of("maxSkew", 1)
        .and("topologyKey", "kubernetes.io/hostname")
        .and("whenUnsatisfiable", "ScheduleAnyway")
        .and("labelSelector", Labels.selecting(router.selector())));
  }

  private static Fields container(RouterPart router) {
    return Fields.of("name", RouterPart.COMPONENT)
        .and("image", router.yaml().images().of(Images.Part.ROUTER))
        .and("ports", List.of(Fields.of("name", "http").and("containerPort", RouterPart.PORT),
            Fields.of("name", "scaler").and("containerPort", RouterPart.SCALER_PORT)))
        .and("env", Environment.of(router))
        .and("resources", Containers.resources(router.yaml().router().resources()))
        .andAll(Containers.probes(true))
        .and("securityContext", Containers.securityContext())
        .and("volumeMounts", List.of(ModelVolume.mount(), Containers.temporaryMount()));
  }
}
