package dev.ebb.kueue.admission;

import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Optional;

/** The conditions of a Workload by type. */
final class Conditions {
  static final String QUOTA_RESERVED = "QuotaReserved";
  static final String ADMITTED = "Admitted";
  static final String EVICTED = "Evicted";
  static final String PREEMPTED = "Preempted";
  static final String REQUEUED = "Requeued";
  static final String PODS_READY = "PodsReady";
  static final String FINISHED = "Finished";

  private Conditions() {}

  static Optional<Condition> find(Workload workload, String type) {
    return workload.getStatus() == null ? Optional.empty() : workload.getStatus().conditions.stream()
        .filter(condition -> type.equals(condition.getType())).findFirst();
  }

  static boolean isTrue(Workload workload, String type) {
    return has(workload, type, "True");
  }

  static boolean isFalse(Workload workload, String type) {
    return has(workload, type, "False");
  }

  /** When the condition came to its status, if that is written. */
  static Optional<Instant> since(Condition condition) {
    return Optional.ofNullable(condition.getLastTransitionTime()).map(Instant::parse);
  }

  private static boolean has(Workload workload, String type, String status) {
    return find(workload, type).map(condition -> status.equals(condition.getStatus())).orElse(false);
  }
}
