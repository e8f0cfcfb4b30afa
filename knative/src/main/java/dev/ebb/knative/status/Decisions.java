package dev.ebb.knative.status;

import io.fabric8.kubernetes.api.model.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The newest event that tells why a function has the replicas it has. */
final class Decisions {
  /** Of KEDA, of the horizontal autoscaler, of the Deployment's controller and of the reconciler. */
  private static final Set<String> REASONS = Set.of("KEDAScaleTargetActivated", "KEDAScaleTargetDeactivated",
      "KEDAScaleTargetActivationFailed", "KEDAScaleTargetDeactivationFailed", "KEDAScalerFailed", "SuccessfulRescale",
      "FailedGetExternalMetric", "FailedComputeMetricsReplicas", "ScalingReplicaSet", "Started", "Paused", "Resumed",
      "BadSettings", "NotOwned", "ScaledObjectNotReady", "ScaledObjectCheckFailed", "FailedCreate");

  private Decisions() {}

  /**
   * The newest on the objects of a function, with its age.
   *
   * @param names of the objects by their kind
   */
  static String newest(List<Event> events, Map<String, String> names, Instant now) {
    return events.stream().filter(event -> REASONS.contains(event.getReason()))
        .filter(event -> event.getInvolvedObject().getName() != null
            && event.getInvolvedObject().getName().equals(names.get(event.getInvolvedObject().getKind())))
        .max(Comparator.comparing(Decisions::time))
        .map(event -> age(Duration.between(time(event), now)) + " ago " + event.getReason() + ": "
            + event.getMessage().replace('\n', ' ').strip()).orElse("");
  }

  private static Instant time(Event event) {
    String last = event.getLastTimestamp();
    if (last == null && event.getSeries() != null && event.getSeries().getLastObservedTime() != null) {
      last = event.getSeries().getLastObservedTime().getTime();
    }
    if (last == null && event.getEventTime() != null) {
      last = event.getEventTime().getTime();
    }
    return Instant.parse(last == null ? event.getMetadata().getCreationTimestamp() : last);
  }

  private static String age(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    return seconds < 120 ? seconds + " s" : seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }
}
