package dev.ebb.kueue.quota;

import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.ClusterQueueStatus;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.ResourceGroup;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** All pools of one resource in one flavor, joined as the cohorts say. */
final class CohortTree {
  private final String flavor;
  private final String resource;
  private final Map<String, Cohort> cohorts;
  private final Map<String, Pool> cohortPools = new HashMap<>();
  private final Map<String, Pool> queuePools = new HashMap<>();

  /** Builds the tree. No cohort may be above itself: see {@link #inCycle}. */
  CohortTree(String flavor, String resource, Collection<ClusterQueue> queues, Map<String, Cohort> cohorts) {
    this.flavor = flavor;
    this.resource = resource;
    this.cohorts = cohorts;
    // Cohorts that no queue names may still lend to their parent.
    cohorts.keySet().stream().filter(name -> !inCycle(name, cohorts)).forEach(this::cohortPool);
    queues.forEach(this::addQueue);
  }

  /** The queue's pool; null where it has no quota of this resource in this flavor. */
  Pool pool(String clusterQueue) {
    return queuePools.get(clusterQueue);
  }

  /** Whether a cohort is above itself, or below one that is: Kueue admits nothing there. */
  static boolean inCycle(String cohort, Map<String, Cohort> cohorts) {
    Set<String> seen = new HashSet<>();
    String name = cohort;
    while (name != null) {
      if (!seen.add(name)) {
        return true;
      }
      name = parent(cohorts.get(name));
    }
    return false;
  }

  /** What Workloads hold of a resource in a flavor; empty if the status has none. */
  static Stream<ClusterQueueStatus.ResourceUsage> held(ClusterQueue queue, String flavor, String resource) {
    ClusterQueueStatus status = queue.getStatus();
    return status == null ? Stream.empty() : status.flavorsReservation.stream()
        .filter(usage -> Objects.equals(usage.name, flavor))
        .flatMap(usage -> usage.resources.stream())
        .filter(usage -> Objects.equals(usage.name, resource));
  }

  private void addQueue(ClusterQueue queue) {
    String cohort = queue.getSpec().cohortName;
    boolean joined = cohort != null && !cohort.isEmpty() && !inCycle(cohort, cohorts);
    quotas(queue.getSpec().resourceGroups).findFirst().ifPresent(quota -> {
      BigDecimal used = held(queue, flavor, resource).map(usage -> Amounts.of(usage.total))
          .reduce(BigDecimal.ZERO, BigDecimal::add);
      // A queue that is stopped goes on holding what it holds, and lends nothing.
      BigDecimal lending = Activity.stopped(queue).isPresent() ? BigDecimal.ZERO : limit(quota.lendingLimit);
      Pool pool = new Pool(Amounts.of(quota.nominalQuota), used, limit(quota.borrowingLimit), lending);
      if (joined) {
        pool.join(cohortPool(cohort));
      }
      queuePools.put(queue.getMetadata().getName(), pool);
    });
  }

  private Pool cohortPool(String name) {
    Pool known = cohortPools.get(name);
    if (known != null) {
      return known;
    }
    Cohort cohort = cohorts.get(name);
    ResourceGroup.Quota quota = cohort == null ? new ResourceGroup.Quota()
        : quotas(cohort.getSpec().resourceGroups).findFirst().orElseGet(ResourceGroup.Quota::new);
    Pool pool = new Pool(Amounts.of(quota.nominalQuota), BigDecimal.ZERO, limit(quota.borrowingLimit),
        limit(quota.lendingLimit));
    cohortPools.put(name, pool);
    String parent = parent(cohort);
    if (parent != null) {
      pool.join(cohortPool(parent));
    }
    return pool;
  }

  private Stream<ResourceGroup.Quota> quotas(List<ResourceGroup> groups) {
    return groups.stream().flatMap(group -> group.flavors.stream())
        .filter(part -> Objects.equals(part.name, flavor))
        .flatMap(part -> part.resources.stream())
        .filter(quota -> Objects.equals(quota.name, resource));
  }

  private static String parent(Cohort cohort) {
    return cohort == null || cohort.getSpec() == null || "".equals(cohort.getSpec().parentName) ? null
        : cohort.getSpec().parentName;
  }

  private static BigDecimal limit(Quantity quantity) {
    return quantity == null ? null : Amounts.of(quantity);
  }
}
