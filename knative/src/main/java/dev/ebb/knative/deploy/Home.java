package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The namespace of an installation: made by a deploy, or there before, which it is marked with and then kept. */
final class Home {
  static final String EXISTED = "ebb.dev/existed-before";
  private static final List<ObjectKind> PRECIOUS = List.of(ObjectName.CLAIM,
      new ObjectKind("v1", "Secret", false), new ObjectKind("v1", "ConfigMap", false), ObjectName.KNATIVE_SERVICE,
      ObjectName.DEPLOYMENT, new ObjectKind("apps/v1", "StatefulSet", false),
      new ObjectKind("apps/v1", "DaemonSet", false), new ObjectKind("batch/v1", "CronJob", false), ObjectName.JOB);
  /** Platforms put these into every namespace. */
  private static final Set<String> EVERYWHERE =
      Set.of("kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert");
  /** What these own goes with its owner, which counts itself where it is somebody's. */
  private static final Set<String> OWNERS = Set.of("", "apps", "batch", "serving.knative.dev",
      "autoscaling.internal.knative.dev", "eventing.knative.dev", "sinks.knative.dev", "messaging.knative.dev",
      "keda.sh");

  private Home() {}

  /** Marks the namespace to be applied where one is there that no deploy made. */
  static void mark(GenericKubernetesResource wanted, Optional<GenericKubernetesResource> there) {
    if (there.filter(namespace -> existedBefore(namespace.getMetadata())).isEmpty()) {
      return;
    }
    Map<String, String> annotations = new HashMap<>();
    if (wanted.getMetadata().getAnnotations() != null) {
      annotations.putAll(wanted.getMetadata().getAnnotations());
    }
    annotations.put(EXISTED, "true");
    wanted.getMetadata().setAnnotations(annotations);
  }

  /** Whether somebody else made it. */
  static boolean existedBefore(ObjectMeta namespace) {
    boolean ours = namespace.getLabels() != null
        && "ebb".equals(namespace.getLabels().get("app.kubernetes.io/managed-by"));
    return !ours || namespace.getAnnotations() != null && namespace.getAnnotations().containsKey(EXISTED);
  }

  /** What others keep in it, which would go with it. */
  static List<String> strangers(Api api, String namespace, Map<String, String> ours) {
    return PRECIOUS.stream().flatMap(kind -> api.list(kind, namespace, Map.of()).stream())
        .filter(object -> isStranger(object.getMetadata(), ours))
        .map(object -> object.getKind() + " " + object.getMetadata().getName()).toList();
  }

  /** Whether an object is somebody's, and not only what another made of what counts itself. */
  static boolean isStranger(ObjectMeta object, Map<String, String> ours) {
    List<OwnerReference> owners = object.getOwnerReferences() == null ? List.of() : object.getOwnerReferences();
    boolean made = owners.stream().anyMatch(owner ->
        OWNERS.contains(new ObjectKind(owner.getApiVersion(), owner.getKind(), false).group()));
    return !isOurs(object, ours) && !made && !EVERYWHERE.contains(object.getName());
  }

  private static boolean isOurs(ObjectMeta object, Map<String, String> ours) {
    return object.getLabels() != null && object.getLabels().entrySet().containsAll(ours.entrySet());
  }
}
