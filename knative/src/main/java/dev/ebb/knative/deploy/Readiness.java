package dev.ebb.knative.deploy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;

/** Whether an object that was applied has come up. */
record Readiness(State state, String why) {
  /** How it stands. */
  enum State { READY, WAITS, FAILED }

  /** Of a Deployment, a Knative service or a Job as it is now. */
  static Readiness of(GenericKubernetesResource object) {
    Map<String, Object> status = Tree.map(object.getAdditionalProperties(), "status");
    if (object.getKind().equals("Job")) {
      return job(status);
    }
    Long generation = object.getMetadata().getGeneration();
    if (generation != null && Tree.number(status, "observedGeneration") < generation) {
      return new Readiness(State.WAITS, "is taken up");
    }
    return object.getKind().equals("Deployment") ? deployment(object, status) : service(status);
  }

  private static Readiness job(Map<String, Object> status) {
    if (Tree.isTrue(status, "Complete")) {
      return new Readiness(State.READY, "is done");
    }
    return Tree.condition(status, "Failed").filter(condition -> "True".equals(condition.get("status")))
        .map(condition -> new Readiness(State.FAILED, "failed: " + condition.get("message")))
        .orElse(new Readiness(State.WAITS, "runs"));
  }

  private static Readiness deployment(GenericKubernetesResource object, Map<String, Object> status) {
    long wanted = Tree.number(Tree.map(object.getAdditionalProperties(), "spec"), "replicas");
    boolean rolledOut = Tree.number(status, "updatedReplicas") >= wanted
        && Tree.number(status, "availableReplicas") >= wanted;
    if (rolledOut) {
      return new Readiness(State.READY, wanted == 0 ? "is ready and asleep" : "is ready");
    }
    return Tree.condition(status, "Progressing").filter(condition -> "False".equals(condition.get("status")))
        .map(condition -> new Readiness(State.FAILED, "does not come up: " + condition.get("message")))
        .orElse(new Readiness(State.WAITS, "starts"));
  }

  /** A service that is not ready may still become it, so only its Ready says when it is given up. */
  private static Readiness service(Map<String, Object> status) {
    if (Tree.isTrue(status, "Ready")) {
      return new Readiness(State.READY, "is ready");
    }
    return Tree.condition(status, "Ready").filter(condition -> "False".equals(condition.get("status")))
        .map(condition -> new Readiness(State.FAILED,
            "is not ready: " + condition.get("reason") + ": " + condition.get("message")))
        .orElse(new Readiness(State.WAITS, "waits for its first pod"));
  }
}
