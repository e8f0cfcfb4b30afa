package dev.ebb.kueue.admission;

import dev.ebb.kueue.admission.Admission.Cause;
import dev.ebb.kueue.admission.Admission.Place;
import dev.ebb.kueue.quota.Amounts;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** From Workloads and a quota to an {@link Admission}. A pure function: the same input gives the same answer. */
public final class AdmissionRule {
  private static final QueueOrder ORDER = new QueueOrder();

  /** Reasons that Kueue gives for what no freed quota changes. */
  private static final Set<String> LASTING = Set.of("ExceedsMaxQuota", "NoMatchingFlavor", "Misconfigured");

  private AdmissionRule() {}

  /**
   * Where a Workload stands.
   *
   * @param own the Workload
   * @param others the Workloads whose LocalQueues lead to the same ClusterQueue; those that are not pending are passed
   *     over, and {@code own} may be among them
   * @param clusterQueue name of that ClusterQueue; empty if the Workload's LocalQueue is absent
   * @param quota its view; empty if it could not be read
   */
  public static Admission admission(Workload own, Collection<Workload> others, Optional<String> clusterQueue,
      Optional<QuotaView> quota) {
    AdmissionState state = state(own);
    Map<String, Quantity> needs = Requests.of(own);
    Optional<Place> place = clusterQueue.isPresent() && QueueOrder.pending(own)
        ? Optional.of(place(own, others)) : Optional.empty();
    Map<String, Quantity> left = new LinkedHashMap<>();
    quota.ifPresent(view -> needs.keySet().forEach(resource -> view.total(resource)
        .ifPresent(total -> left.put(resource, total.leftInOneFlavor()))));
    Admission told = new Admission(own.getMetadata().getNamespace(), own.getMetadata().getName(), state,
        state != AdmissionState.FINISHED && Conditions.isTrue(own, Conditions.QUOTA_RESERVED),
        Conditions.isTrue(own, Conditions.PODS_READY), clusterQueue, place,
        cause(own, state, exceeds(needs, quota)), needs, left, "");
    return told.saying(new WaitingSentence(told, quota.flatMap(QuotaView::stopped).isPresent()).text());
  }

  static AdmissionState state(Workload workload) {
    if (Conditions.isTrue(workload, Conditions.FINISHED)) {
      return AdmissionState.FINISHED;
    }
    // Kueue leaves Evicted true until quota is given again, and quota reserved until the pods are gone.
    if (Conditions.isTrue(workload, Conditions.EVICTED)) {
      return AdmissionState.EVICTED;
    }
    if (Conditions.isTrue(workload, Conditions.ADMITTED)) {
      return AdmissionState.ADMITTED;
    }
    return Conditions.isTrue(workload, Conditions.QUOTA_RESERVED) ? AdmissionState.RESERVED : AdmissionState.WAITING;
  }

  private static Place place(Workload own, Collection<Workload> others) {
    String identity = QueueOrder.identity(own);
    List<Workload> rivals = others.stream()
        .filter(other -> QueueOrder.pending(other) && !QueueOrder.identity(other).equals(identity)).toList();
    long before = rivals.stream().filter(other -> ORDER.compare(other, own) < 0).count();
    return new Place((int) before + 1, rivals.size() + 1);
  }

  private static Cause cause(Workload own, AdmissionState state, boolean exceeds) {
    boolean waits = state == AdmissionState.WAITING || state == AdmissionState.EVICTED;
    if (waits && Boolean.FALSE.equals(own.getSpec().active)) {
      return new Cause("Deactivated", "", true);
    }
    Optional<Condition> condition = telling(own, state);
    String reason = condition.map(Condition::getReason).orElse("");
    return new Cause(reason, condition.map(Condition::getMessage).orElse(""),
        waits && (exceeds || LASTING.contains(reason)));
  }

  /** The condition that says why a Workload is in its state. */
  private static Optional<Condition> telling(Workload own, AdmissionState state) {
    Stream<String> types = switch (state) {
      case WAITING, RESERVED -> Stream.of(Conditions.QUOTA_RESERVED);
      case ADMITTED -> Stream.of(Conditions.ADMITTED);
      case EVICTED -> Stream.of(Conditions.PREEMPTED, Conditions.EVICTED);
      case FINISHED -> Stream.of(Conditions.FINISHED);
    };
    // Of an eviction, Preempted tells more than Evicted does, while it is true.
    return types.flatMap(type -> Conditions.find(own, type).stream())
        .filter(condition -> state == AdmissionState.WAITING || "True".equals(condition.getStatus()))
        .findFirst();
  }

  /** Whether it asks for more than the queue could give if nobody else held anything. */
  private static boolean exceeds(Map<String, Quantity> needs, Optional<QuotaView> quota) {
    return quota.isPresent() && needs.entrySet().stream().anyMatch(need -> quota.get().total(need.getKey())
        .map(total -> Amounts.of(need.getValue()).compareTo(Amounts.of(total.mostInOneFlavor())) > 0)
        .orElse(false));
  }
}
