package dev.ebb.knative.config;

/** Requests, and limits alike, of one container. */
public record Resources(Quantity cpu, Quantity memory) {
  /** What Knative's queue-proxy gets beside each function; it counts against quotas as well. */
  public static final Resources QUEUE_PROXY = new Resources(new Quantity("100m"), new Quantity("128Mi"));
}
