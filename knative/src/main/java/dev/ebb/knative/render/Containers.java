package dev.ebb.knative.render;

import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Resources;
import java.util.List;

/** What the containers of router, functions and jobs have in common. */
final class Containers {
  /** The user that the images know; hostPath arenas belong to it. */
  static final int USER = 10001;
  private static final String TEMPORARY = "tmp";

  private Containers() {}

  /** All on the container, since Knative takes none of it on the pod without a feature flag. */
  static Fields securityContext() {
    return Fields.of("allowPrivilegeEscalation", false)
        .and("capabilities", Fields.of("drop", List.of("ALL")))
        .and("readOnlyRootFilesystem", true)
        .and("runAsNonRoot", true)
        .and("runAsUser", USER)
        .and("seccompProfile", Fields.of("type", "RuntimeDefault"));
  }

  /** Requests and limits alike, so that a ResourceQuota on either admits the pod and nothing is overcommitted. */
  static Fields resources(Resources resources, PhaseSpec.Gpus gpus) {
    return Fields.of("requests", amounts(resources, gpus)).and("limits", amounts(resources, gpus));
  }

  static Fields resources(Resources resources) {
    return resources(resources, new PhaseSpec.Gpus("", 0));
  }

  /** Ready is asked every second, since a wake waits for it; life seldom, since a busy process may be slow. */
  static Fields probes(boolean withPort) {
    return Fields.of("readinessProbe", probe("ready", withPort).and("periodSeconds", 1).and("timeoutSeconds", 2))
        .and("livenessProbe", probe("live", withPort).and("periodSeconds", 10).and("timeoutSeconds", 5)
            .and("failureThreshold", 6));
  }

  /** The root is read-only, and a JVM wants a place for temporary files. */
  static Fields temporaryVolume() {
    return Fields.of("name", TEMPORARY).and("emptyDir", Fields.of("sizeLimit", "64Mi"));
  }

  static Fields temporaryMount() {
    return Fields.of("name", TEMPORARY).and("mountPath", "/tmp");
  }

  private static Fields probe(String what, boolean withPort) {
    Fields get = Fields.of("path", "/q/health/" + what);
    if (withPort) {
      get.and("port", "http");
    }
    return Fields.of("httpGet", get);
  }

  private static Fields amounts(Resources resources, PhaseSpec.Gpus gpus) {
    Fields amounts = Fields.of("cpu", resources.cpu().text()).and("memory", resources.memory().text());
    if (gpus.count() > 0) {
      amounts.and(gpus.resource(), Integer.toString(gpus.count()));
    }
    return amounts;
  }
}
