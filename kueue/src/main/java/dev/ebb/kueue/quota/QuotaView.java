package dev.ebb.kueue.quota;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The quota of one ClusterQueue at one instant. Immutable.
 *
 * @param clusterQueue name of the queue
 * @param cohort name of the cohort that it borrows from and lends to, if any
 * @param stopped why the queue gives nothing now, in a sentence for operators; empty: it gives
 * @param flavors one entry for each flavor and resource, in the queue's order; nothing is left in any while stopped
 * @param unseen what this view cannot show; never empty
 */
public record QuotaView(String clusterQueue, Optional<String> cohort, Optional<String> stopped,
    List<FlavorQuota> flavors, Set<BlindSpot> unseen) {

  public QuotaView {
    flavors = List.copyOf(flavors);
    unseen = Set.copyOf(unseen);
  }

  /** A resource over all flavors; empty where the queue does not cover it. */
  public Optional<ResourceTotal> total(String resource) {
    List<FlavorQuota> parts = flavors.stream().filter(part -> part.resource().equals(resource)).toList();
    return parts.isEmpty() ? Optional.empty() : Optional.of(new ResourceTotal(
        sum(parts, FlavorQuota::nominal), sum(parts, FlavorQuota::used), sum(parts, FlavorQuota::left),
        sum(parts, FlavorQuota::most), largest(parts, FlavorQuota::left), largest(parts, FlavorQuota::most)));
  }

  private static Quantity sum(List<FlavorQuota> parts, Function<FlavorQuota, Quantity> of) {
    return Amounts.quantity(parts.stream().map(of).map(Amounts::of).reduce(BigDecimal.ZERO, BigDecimal::add));
  }

  private static Quantity largest(List<FlavorQuota> parts, Function<FlavorQuota, Quantity> of) {
    return Amounts.quantity(parts.stream().map(of).map(Amounts::of).reduce(BigDecimal.ZERO, BigDecimal::max));
  }
}
