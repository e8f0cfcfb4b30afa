package dev.ebb.knative.deploy;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How far a starting pod is: quota, scheduling, pull, start, ready; a few words, with the reason where it waits. */
final class Stage {
  private Stage() {}

  /**
   * The words for a pod.
   *
   * @param workload status of Kueue's Workload of the pod; empty where there is none
   * @param place where the pod stands in its queue, in a sentence; empty where that is not known
   */
  static String of(Pod pod, Optional<Map<String, Object>> workload, Optional<String> place) {
    Optional<String> quota = quota(pod, workload).map(words -> place.map(at -> at + " (" + words + ")").orElse(words));
    if (quota.isPresent()) {
      return quota.get();
    }
    Optional<PodCondition> unscheduled = condition(pod, "PodScheduled").filter(one -> "False".equals(one.getStatus()));
    if (unscheduled.isPresent()) {
      return "is not scheduled: " + unscheduled.get().getMessage();
    }
    if (condition(pod, "Ready").filter(one -> "True".equals(one.getStatus())).isPresent()) {
      return "its pod is ready";
    }
    return statuses(pod).stream().map(Stage::trouble).flatMap(Optional::stream).findFirst()
        .orElseGet(() -> statuses(pod).isEmpty() || statuses(pod).stream().anyMatch(one -> waiting(one) != null)
            ? "is scheduled; its images are fetched and its volumes mounted"
            : isFunction(pod) ? "starts and loads the model" : "starts");
  }

  private static boolean isFunction(Pod pod) {
    return pod.getMetadata() != null && pod.getMetadata().getLabels() != null
        && pod.getMetadata().getLabels().containsKey("ebb.dev/phase");
  }

  /** Whether it waits for quota. */
  static boolean isGated(Pod pod) {
    return condition(pod, "PodScheduled").filter(one -> "SchedulingGated".equals(one.getReason())).isPresent();
  }

  private static Optional<String> quota(Pod pod, Optional<Map<String, Object>> workload) {
    if (!isGated(pod)) {
      return Optional.empty();
    }
    return Optional.of(workload.flatMap(status -> Tree.condition(status, "QuotaReserved"))
        .filter(condition -> !"True".equals(condition.get("status")))
        .map(condition -> "waits for quota: " + condition.get("reason") + ": " + condition.get("message"))
        .orElse("waits to be admitted by its queue"));
  }

  private static Optional<String> trouble(ContainerStatus status) {
    ContainerStateWaiting waiting = waiting(status);
    if (waiting == null || waiting.getReason() == null
        || waiting.getReason().matches("ContainerCreating|PodInitializing")) {
      return Optional.empty();
    }
    if (waiting.getReason().equals("CrashLoopBackOff")) {
      ContainerStateTerminated last = status.getLastState() == null ? null : status.getLastState().getTerminated();
      String how = last == null ? "" : " with status " + last.getExitCode() + " (" + last.getReason() + ")";
      return Optional.of("its container " + status.getName() + " ended" + how + " and is started again; kubectl logs"
          + " -c " + status.getName() + " --previous says why");
    }
    String message = waiting.getMessage() == null ? "" : ": " + waiting.getMessage();
    return Optional.of("its container " + status.getName() + " waits, " + waiting.getReason() + message);
  }

  private static ContainerStateWaiting waiting(ContainerStatus status) {
    return status.getState() == null ? null : status.getState().getWaiting();
  }

  private static List<ContainerStatus> statuses(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null ? List.of()
        : pod.getStatus().getContainerStatuses();
  }

  private static Optional<PodCondition> condition(Pod pod, String type) {
    List<PodCondition> all = pod.getStatus() == null || pod.getStatus().getConditions() == null ? List.of()
        : pod.getStatus().getConditions();
    return all.stream().filter(one -> type.equals(one.getType())).findFirst();
  }
}
