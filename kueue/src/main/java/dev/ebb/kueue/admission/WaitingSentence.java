package dev.ebb.kueue.admission;

import dev.ebb.kueue.KueueNames;
import dev.ebb.kueue.quota.Amounts;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * An admission in words for the caller whose request waits. The words are Ebb's own: Kueue's messages name queues,
 * flavors and other tenants' Workloads.
 */
final class WaitingSentence {
  private final Admission admission;
  private final boolean stopped;

  /**
   * A sentence to be.
   *
   * @param stopped whether the ClusterQueue gives nothing now
   */
  WaitingSentence(Admission admission, boolean stopped) {
    this.admission = admission;
    this.stopped = stopped;
  }

  String text() {
    return switch (admission.state()) {
      case FINISHED -> "finished, and holds no " + quota();
      case ADMITTED -> admission.podsReady() ? "has " + quota() + ", and is ready" : "has " + quota() + ", starting";
      case RESERVED -> "has " + quota() + " reserved, waiting for the checks beside it";
      case EVICTED -> "lost its " + quota() + lossReason() + ", " + (admission.holdsQuota() ? "ending" : waiting());
      case WAITING -> waiting();
    };
  }

  private String waiting() {
    String place = admission.place()
        .map(at -> ", position " + at.position() + " of " + at.length()).orElse("");
    return "waiting for " + quota() + place + waitReason().map(reason -> ": " + reason).orElse("");
  }

  private Optional<String> waitReason() {
    if (admission.cause().reason().equals("Deactivated")) {
      return Optional.of("it was switched off, and waiting does not help");
    }
    if (admission.cause().lasting()) {
      return Optional.of("the queue cannot give what it asks for, and waiting does not help");
    }
    if (admission.clusterQueue().isEmpty()) {
      return Optional.of("its queue does not exist");
    }
    if (stopped) {
      return Optional.of("the queue is stopped");
    }
    return admission.place().isEmpty() ? Optional.of("in a pause before it is queued again") : shortage();
  }

  /** What is short, of the resource that tells most: a GPU if one is needed. */
  private Optional<String> shortage() {
    Comparator<String> telling = Comparator.<String, Boolean>comparing(name -> !isShort(name))
        .thenComparing(name -> !name.endsWith(KueueNames.GPU_SUFFIX))
        .thenComparing(Comparator.naturalOrder());
    return admission.left().keySet().stream().min(telling).map(name -> {
      String unit = name.endsWith(KueueNames.GPU_SUFFIX) ? "" : " " + name;
      String text = "needs " + amount(admission.needs(), name) + unit + ", " + amount(admission.left(), name) + " left";
      boolean behind = admission.place().map(at -> at.position() > 1).orElse(false);
      return !isShort(name) && behind ? text + ", and others are before it" : text;
    });
  }

  private boolean isShort(String name) {
    return Amounts.of(admission.needs().get(name)).compareTo(Amounts.of(admission.left().get(name))) > 0;
  }

  private String lossReason() {
    return switch (admission.cause().reason()) {
      case "Preempted", "InClusterQueue" -> " to a more important request";
      case "InCohortReclamation", "InCohortFairSharing", "InCohortReclaimWhileBorrowing" -> " to whom it is owed";
      case "PodsReadyTimeout" -> " because it did not become ready in time";
      case "ClusterQueueStopped", "LocalQueueStopped" -> " because the queue was stopped";
      case "NodeFailures" -> " because a node failed";
      default -> "";
    };
  }

  private String quota() {
    return admission.needs().keySet().stream().anyMatch(name -> name.endsWith(KueueNames.GPU_SUFFIX))
        ? "GPU quota" : "quota";
  }

  private static String amount(Map<String, Quantity> amounts, String name) {
    return Amounts.quantity(Amounts.of(amounts.get(name))).toString();
  }
}
