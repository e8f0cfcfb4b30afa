package dev.ebb.router.app.cluster;

import dev.ebb.router.function.Phase;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Instant;

/** What a pod's object says of the function in it. */
final class PodFacts {
  /** Labels that {@code ebb render} gives to the pods of functions, in both of its modes. */
  static final String MODEL_LABEL = "ebb.dev/model";

  static final String PHASE_LABEL = "ebb.dev/phase";
  /** How much later than it should a pod may end, by clocks that may differ. */
  private static final long LATE_MS = 30_000;
  private static final int HOSTNAME_MAX = 63;
  private static final String KNATIVE_PROXY = "queue-proxy";

  private PodFacts() {}

  /** A model's id as the value of {@link #MODEL_LABEL}. */
  static String slug(String modelId) {
    return modelId.replaceAll("[._]", "-");
  }

  static boolean is(Pod pod, String slug, Phase phase) {
    return slug.equals(label(pod, MODEL_LABEL)) && phase.label().equals(label(pod, PHASE_LABEL));
  }

  static String label(Pod pod, String name) {
    return pod.getMetadata().getLabels() == null ? "" : pod.getMetadata().getLabels().getOrDefault(name, "");
  }

  /** Takes work: ready, and not on its way out. */
  static boolean ready(Pod pod) {
    return !taken(pod) && pod.getStatus() != null && pod.getStatus().getConditions().stream()
        .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  /** Somebody ends it: deleted, or evicted, which leaves a pod that has failed as a whole. */
  static boolean taken(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null
        || (pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase()));
  }

  /** It should have ended a while ago, and nobody on its node says that it has. */
  static boolean pastItsEnd(Pod pod, long nowMs) {
    String end = pod.getMetadata().getDeletionTimestamp();
    return end != null && nowMs > Instant.parse(end).toEpochMilli() + LATE_MS;
  }

  /** Kueue ends it, for somebody whose claim on the quota is better or because its queue lost it. */
  static boolean preempted(Pod pod) {
    return taken(pod) && pod.getStatus() != null && pod.getStatus().getConditions().stream()
        .anyMatch(one -> "TerminationTarget".equals(one.getType()) && "True".equals(one.getStatus()));
  }

  /** Restarts of the function in it; those of Knative's proxy are not its own. */
  static int restarts(Pod pod) {
    return pod.getStatus() == null ? 0 : pod.getStatus().getContainerStatuses().stream()
        .filter(status -> !KNATIVE_PROXY.equals(status.getName()))
        .mapToInt(ContainerStatus::getRestartCount).sum();
  }

  /** Devices of that resource that its containers have together. */
  static int devices(Pod pod, String resource) {
    return pod.getSpec() == null ? 0 : pod.getSpec().getContainers().stream()
        .map(container -> container.getResources())
        .filter(resources -> resources != null && resources.getLimits() != null)
        .map(resources -> resources.getLimits().getOrDefault(resource, new Quantity("0")))
        .map(Quantity::getNumericalAmount).reduce(BigDecimal.ZERO, BigDecimal::add).intValue();
  }

  /** What processes in a pod of that name see as their host's: a long name is cut. */
  static String hostname(String name) {
    return name.length() <= HOSTNAME_MAX ? name : name.substring(0, HOSTNAME_MAX).replaceAll("[-.]+$", "");
  }

  /** When it was made, in ms since the epoch; 0 where the object does not say. */
  static long createdMs(Pod pod) {
    String created = pod.getMetadata().getCreationTimestamp();
    return created == null ? 0 : Instant.parse(created).toEpochMilli();
  }
}
