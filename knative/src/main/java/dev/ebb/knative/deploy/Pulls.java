package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Jobs that bring models into their claims. */
final class Pulls {
  private Pulls() {}

  /**
   * Those of the objects to be applied whose models are not in their claims yet. One that an earlier Job brought is
   * there, also where the Job runs anew with another image; that may have to wait until a function leaves the claim.
   */
  static List<ObjectName> missing(Api api, List<GenericKubernetesResource> objects) {
    return objects.stream().filter(object -> object.getKind().equals(ObjectName.JOB.kind()))
        .filter(job -> !isThere(api, job)).map(ObjectName::of).toList();
  }

  /** Those that are done, but whose claim was taken away since; they would not pull again. */
  static List<ObjectName> stale(Api api, List<GenericKubernetesResource> objects) {
    return objects.stream().filter(object -> object.getKind().equals(ObjectName.JOB.kind())).map(ObjectName::of)
        .filter(name -> done(api, name).filter(job -> !hasClaims(api, job)).isPresent()).toList();
  }

  private static boolean isThere(Api api, GenericKubernetesResource wanted) {
    return done(api, ObjectName.of(wanted))
        .filter(job -> arguments(job).equals(arguments(wanted)) && hasClaims(api, job)).isPresent();
  }

  private static Optional<GenericKubernetesResource> done(Api api, ObjectName name) {
    return api.find(name.kind(), name.namespace(), name.name())
        .filter(job -> Readiness.of(job).state() == Readiness.State.READY);
  }

  private static boolean hasClaims(Api api, GenericKubernetesResource job) {
    return claims(job).stream()
        .allMatch(claim -> api.find(ObjectName.CLAIM, job.getMetadata().getNamespace(), claim).isPresent());
  }

  /** They say which model it is. */
  private static List<Object> arguments(GenericKubernetesResource job) {
    return Tree.list(pod(job), "containers").stream().map(container -> container.get("args")).toList();
  }

  private static List<String> claims(GenericKubernetesResource job) {
    return Tree.list(pod(job), "volumes").stream().map(volume -> Tree.map(volume, "persistentVolumeClaim"))
        .filter(claim -> !claim.isEmpty()).map(claim -> Tree.text(claim, "claimName")).toList();
  }

  private static Map<String, Object> pod(GenericKubernetesResource job) {
    Map<String, Object> spec = Tree.map(job.getAdditionalProperties(), "spec");
    return Tree.map(Tree.map(spec, "template"), "spec");
  }
}
