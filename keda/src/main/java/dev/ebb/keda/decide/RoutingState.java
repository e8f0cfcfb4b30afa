package dev.ebb.keda.decide;

/**
 * Whether a revision has traffic, by the label that Knative's Configuration keeps on it. Reachability, which the
 * PodAutoscaler has at hand, is no substitute: it also turns for a current revision whose pod waits for quota.
 */
public enum RoutingState {
  ACTIVE, PENDING, RESERVE,
  /** The Revision, or its label, was not seen. */
  UNKNOWN;

  /** The Revision's label. */
  public static final String LABEL = "serving.knative.dev/routingState";

  /** Reads the label's value; what is not known, or null, is {@link #UNKNOWN}. */
  public static RoutingState of(String label) {
    return switch (label == null ? "" : label) {
      case "active" -> ACTIVE;
      case "pending" -> PENDING;
      case "reserve" -> RESERVE;
      default -> UNKNOWN;
    };
  }
}
