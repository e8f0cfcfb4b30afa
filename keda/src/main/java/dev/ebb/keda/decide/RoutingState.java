package dev.ebb.keda.decide;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/**
 * Whether a revision has traffic, by the label that Knative's Configuration keeps on it. Reachability, which the
 * PodAutoscaler has at hand, is no substitute: it also turns for a current revision whose pod waits for quota.
 */
public enum RoutingState {
  ACTIVE, PENDING, RESERVE,
  /** In reserve since it was made: no route ever named it, as where all traffic is pinned to other revisions. */
  SPARE,
  /** The Revision, or its label, was not seen. */
  UNKNOWN;

  /** The Revision's label. */
  public static final String LABEL = "serving.knative.dev/routingState";
  /** The Revision's annotation with the time of the label's last change. */
  public static final String MODIFIED = "serving.knative.dev/routingStateModified";
  /** Within that time of its making Serving puts a revision into reserve that no route names. */
  private static final Duration SETTLED = Duration.ofSeconds(20);

  /** Reads a Revision's metadata. */
  public static RoutingState of(ObjectMeta revision) {
    Map<String, String> labels = revision.getLabels() == null ? Map.of() : revision.getLabels();
    return switch (labels.getOrDefault(LABEL, "")) {
      case "active" -> ACTIVE;
      case "pending" -> PENDING;
      case "reserve" -> isSpare(revision) ? SPARE : RESERVE;
      default -> UNKNOWN;
    };
  }

  /** Under pinned traffic Serving calls a new revision active, too, and takes that back a moment later. */
  private static boolean isSpare(ObjectMeta revision) {
    Map<String, String> annotations = revision.getAnnotations() == null ? Map.of() : revision.getAnnotations();
    String modified = annotations.get(MODIFIED);
    if (modified == null || revision.getCreationTimestamp() == null) {
      return false;
    }
    try {
      Instant made = Instant.parse(revision.getCreationTimestamp());
      return Duration.between(made, Instant.parse(modified)).compareTo(SETTLED) < 0;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
