package dev.ebb.kueue.quota;

import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.ClusterQueueSpec;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.ResourceFlavor;
import dev.ebb.kueue.resource.ResourceGroup;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All quotas of a cluster, from which the view of each ClusterQueue follows. The objects it is made of must not be
 * changed afterwards.
 */
public final class Quotas {
  private final Map<String, ClusterQueue> queues;
  private final Map<String, Cohort> cohorts;
  private final Set<String> flavors;

  /**
   * Quotas of what was listed.
   *
   * @param queues all ClusterQueues: one that is missing makes what its cohort has left wrong
   * @param cohorts the Cohort objects; a cohort that queues name needs none
   * @param flavors the ResourceFlavors
   */
  public Quotas(Collection<ClusterQueue> queues, Collection<Cohort> cohorts, Collection<ResourceFlavor> flavors) {
    this.queues = byName(queues);
    this.cohorts = byName(cohorts);
    this.flavors = byName(flavors).keySet();
  }

  /** The view of a queue; empty where there is none of that name. */
  public Optional<QuotaView> view(String clusterQueue) {
    return Optional.ofNullable(queues.get(clusterQueue)).map(this::view);
  }

  private QuotaView view(ClusterQueue queue) {
    Optional<String> cohort = Optional.ofNullable(queue.getSpec().cohortName).filter(name -> !name.isEmpty());
    Optional<String> stopped = Activity.stopped(queue).or(() -> cohort
        .filter(name -> CohortTree.inCycle(name, cohorts))
        .map(name -> "cohort " + name + " is above itself: mend the parentName of a Cohort"));
    List<FlavorQuota> parts = new ArrayList<>();
    for (ResourceGroup group : queue.getSpec().resourceGroups) {
      for (ResourceGroup.Flavor flavor : group.flavors) {
        boolean gives = stopped.isEmpty() && flavors.contains(flavor.name);
        flavor.resources.forEach(quota -> parts.add(part(queue, flavor.name, quota, gives)));
      }
    }
    return new QuotaView(queue.getMetadata().getName(), cohort, stopped, parts, unseen(queue.getSpec()));
  }

  private FlavorQuota part(ClusterQueue queue, String flavor, ResourceGroup.Quota quota, boolean gives) {
    Pool pool = new CohortTree(flavor, quota.name, queues.values(), cohorts).pool(queue.getMetadata().getName());
    BigDecimal used = CohortTree.held(queue, flavor, quota.name).map(usage -> Amounts.of(usage.total))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal nominal = Amounts.of(quota.nominalQuota);
    BigDecimal left = gives ? pool.left().max(BigDecimal.ZERO) : BigDecimal.ZERO;
    return new FlavorQuota(flavor, quota.name, Amounts.quantity(nominal), limit(quota.borrowingLimit),
        limit(quota.lendingLimit), Amounts.quantity(used),
        Amounts.quantity(used.subtract(nominal).max(BigDecimal.ZERO)), Amounts.quantity(left),
        Amounts.quantity(pool.most()));
  }

  private Set<BlindSpot> unseen(ClusterQueueSpec spec) {
    Set<BlindSpot> unseen =
        EnumSet.of(BlindSpot.DRAINING_PODS, BlindSpot.STATUS_LAG, BlindSpot.OUTSIDE_KUEUE);
    if (spec.preemption != null
        && (preempts(spec.preemption.withinClusterQueue) || preempts(spec.preemption.reclaimWithinCohort))) {
      unseen.add(BlindSpot.PREEMPTION);
    }
    boolean absent = spec.resourceGroups.stream().flatMap(group -> group.flavors.stream())
        .anyMatch(flavor -> !flavors.contains(flavor.name));
    if (absent) {
      unseen.add(BlindSpot.FLAVOR_ABSENT);
    }
    return unseen;
  }

  private static boolean preempts(String policy) {
    return policy != null && !policy.equals("Never");
  }

  private static Optional<Quantity> limit(Quantity limit) {
    return Optional.ofNullable(limit).map(quantity -> Amounts.quantity(Amounts.of(quantity)));
  }

  private static <T extends HasMetadata> Map<String, T> byName(Collection<T> objects) {
    return objects.stream()
        .collect(Collectors.toMap(object -> object.getMetadata().getName(), object -> object, (one, other) -> other));
  }
}
