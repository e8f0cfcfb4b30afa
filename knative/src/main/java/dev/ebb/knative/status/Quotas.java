package dev.ebb.knative.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Kueue says of a function's pods: admitted, or where in the queue and why. */
final class Quotas {
  private final List<GenericKubernetesResource> workloads;

  /**
   * Workloads of a namespace.
   *
   * @param workloads as the API server has them
   */
  Quotas(List<GenericKubernetesResource> workloads) {
    this.workloads = workloads;
  }

  /** In words; empty where no workload belongs to one of the pods. */
  String of(List<String> podUids) {
    List<GenericKubernetesResource> own = workloads.stream().filter(one -> isOf(one, podUids)).toList();
    if (own.isEmpty()) {
      return "";
    }
    Optional<GenericKubernetesResource> waiting = own.stream().filter(one -> !isAdmitted(one)).min(order());
    long admitted = own.stream().filter(Quotas::isAdmitted).count();
    String words = admitted + " admitted by " + queue(own.getFirst());
    return waiting.map(one -> (admitted == 0 ? "" : words + ", ") + "place " + place(one) + " in " + queue(one)
        + reason(one)).orElse(words);
  }

  /** From 1, among those of the namespace that wait in the same queue: by priority, then by age. */
  private int place(GenericKubernetesResource workload) {
    return 1 + (int) workloads.stream().filter(other -> !isAdmitted(other) && !isFinished(other))
        .filter(other -> queue(other).equals(queue(workload)))
        .filter(other -> order().compare(other, workload) < 0).count();
  }

  private static Comparator<GenericKubernetesResource> order() {
    return Comparator.comparingLong((GenericKubernetesResource one) -> -priority(one))
        .thenComparing(one -> Instant.parse(one.getMetadata().getCreationTimestamp()));
  }

  private static long priority(GenericKubernetesResource workload) {
    return part(workload, "spec").get("priority") instanceof Number number ? number.longValue() : 0;
  }

  private static String queue(GenericKubernetesResource workload) {
    return String.valueOf(part(workload, "spec").get("queueName"));
  }

  private static boolean isOf(GenericKubernetesResource workload, List<String> podUids) {
    return workload.getMetadata().getOwnerReferences() != null && workload.getMetadata().getOwnerReferences().stream()
        .anyMatch(owner -> podUids.contains(owner.getUid()));
  }

  private static boolean isAdmitted(GenericKubernetesResource workload) {
    return condition(workload, "Admitted").filter(one -> "True".equals(one.get("status"))).isPresent();
  }

  private static boolean isFinished(GenericKubernetesResource workload) {
    return condition(workload, "Finished").filter(one -> "True".equals(one.get("status"))).isPresent();
  }

  private static String reason(GenericKubernetesResource workload) {
    return condition(workload, "QuotaReserved").map(one -> ": " + one.get("message")).orElse("");
  }

  private static Optional<Map<?, ?>> condition(GenericKubernetesResource workload, String type) {
    if (!(part(workload, "status").get("conditions") instanceof List<?> conditions)) {
      return Optional.empty();
    }
    for (Object one : conditions) {
      if (one instanceof Map<?, ?> condition && type.equals(condition.get("type"))) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  private static Map<?, ?> part(GenericKubernetesResource workload, String key) {
    return workload.getAdditionalProperties().get(key) instanceof Map<?, ?> map ? map : Map.of();
  }
}
