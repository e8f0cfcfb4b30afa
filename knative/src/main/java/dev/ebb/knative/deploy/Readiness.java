package dev.ebb.knative.deploy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;

/** Whether an object that was applied has come up. */
record Readiness(State state, String why) {
  private static final int ALL = 100;

  /** How it stands. */
  enum State { READY, WAITS, FAILED }

  /** Of a Deployment, a Job, or one of Knative's objects as it is now. */
  static Readiness of(GenericKubernetesResource object) {
    Map<String, Object> status = Tree.map(object.getAdditionalProperties(), "status");
    if (object.getKind().equals("Job")) {
      return job(status);
    }
    Long generation = object.getMetadata().getGeneration();
    if (generation != null && Tree.number(status, "observedGeneration") < generation) {
      return new Readiness(State.WAITS, "is taken up");
    }
    return switch (object.getKind()) {
      case "Deployment" -> deployment(object, status);
      case "Service" -> service(object.getMetadata().getName(), status);
      default -> ready("is ready", "is set up", status);
    };
  }

  /** Whether it is a Job that will not be tried any more. */
  static boolean hasFailed(GenericKubernetesResource object) {
    return object.getKind().equals("Job") && of(object).state() == State.FAILED;
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
    long updated = Tree.number(status, "updatedReplicas");
    // Pods of the old template count as available, too: while some are left, they may be all that serves.
    boolean rolledOut = updated >= wanted && Tree.number(status, "replicas") <= updated
        && Tree.number(status, "availableReplicas") >= wanted;
    if (rolledOut) {
      return new Readiness(State.READY, wanted == 0 ? "is asleep" : "is ready");
    }
    return Tree.condition(status, "Progressing").filter(condition -> "False".equals(condition.get("status")))
        .map(condition -> new Readiness(State.FAILED, "does not come up: " + condition.get("message")))
        .orElse(new Readiness(State.WAITS, "starts"));
  }

  /** A service that is not ready may still become it, so only its Ready says when it is given up. */
  private static Readiness service(String name, Map<String, Object> status) {
    return ready("is ready" + share(name, status), "waits for its first pod", status);
  }

  private static Readiness ready(String done, String meanwhile, Map<String, Object> status) {
    if (Tree.isTrue(status, "Ready")) {
      return new Readiness(State.READY, done);
    }
    return Tree.condition(status, "Ready").filter(condition -> "False".equals(condition.get("status")))
        .map(condition -> new Readiness(State.FAILED,
            "is not ready: " + condition.get("reason") + ": " + condition.get("message")))
        .orElse(new Readiness(State.WAITS, meanwhile));
  }

  /** Somebody who went back to an earlier revision would else take it that the new one serves. */
  private static String share(String name, Map<String, Object> status) {
    List<Map<String, Object>> traffic = Tree.list(status, "traffic");
    String newest = Tree.text(status, "latestReadyRevisionName");
    long percent = traffic.stream().filter(one -> newest.equals(one.get("revisionName")))
        .mapToLong(one -> Tree.number(one, "percent")).sum();
    return traffic.isEmpty() || percent == ALL ? "" : ", but its newest revision has " + percent
        + "% of the traffic; kn service update " + name + " --traffic @latest=100 gives it all";
  }
}
