package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The namespace of an installation: made by a deploy, or there before, which it is marked with and then kept. */
final class Home {
  static final String EXISTED = "ebb.dev/existed-before";
  private static final List<ObjectKind> PRECIOUS = List.of(ObjectName.CLAIM,
      new ObjectKind("v1", "Secret", false), ObjectName.DEPLOYMENT, new ObjectKind("apps/v1", "StatefulSet", false));

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
        .filter(object -> !isOurs(object.getMetadata(), ours))
        .filter(object -> object.getMetadata().getOwnerReferences() == null
            || object.getMetadata().getOwnerReferences().isEmpty())
        .map(object -> object.getKind() + " " + object.getMetadata().getName()).toList();
  }

  private static boolean isOurs(ObjectMeta object, Map<String, String> ours) {
    return object.getLabels() != null && object.getLabels().entrySet().containsAll(ours.entrySet());
  }
}
