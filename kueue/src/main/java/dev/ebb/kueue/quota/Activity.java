package dev.ebb.kueue.quota;

import dev.ebb.kueue.resource.ClusterQueue;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Optional;

/** Whether a ClusterQueue gives quota at all, by what it and Kueue say of it. */
final class Activity {
  private Activity() {}

  /** Why it does not, in a sentence; empty: it does. A queue without a condition is taken as active. */
  static Optional<String> stopped(ClusterQueue queue) {
    String policy = queue.getSpec().stopPolicy;
    if (policy != null && !policy.equals("None")) {
      return Optional.of("the queue's stopPolicy is " + policy);
    }
    return queue.getStatus() == null ? Optional.empty() : queue.getStatus().conditions.stream()
        .filter(condition -> "Active".equals(condition.getType()) && "False".equals(condition.getStatus()))
        .findFirst()
        .map(Activity::sentence);
  }

  private static String sentence(Condition condition) {
    String message = condition.getMessage() == null ? "" : ": " + condition.getMessage();
    return "Kueue holds the queue inactive (" + condition.getReason() + ")" + message;
  }
}
