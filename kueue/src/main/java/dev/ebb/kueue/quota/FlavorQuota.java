package dev.ebb.kueue.quota;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;

/**
 * One resource in one flavor, as one ClusterQueue has it. Quantities are in the resource's own unit: devices, cores,
 * bytes.
 *
 * @param flavor name of the ResourceFlavor
 * @param resource name of the resource, such as {@code nvidia.com/gpu}
 * @param nominal what the queue owns
 * @param borrowingLimit what it may hold beyond that, of its cohort's; empty: no limit but the cohort's own
 * @param lendingLimit what its cohort may take of the nominal quota while it is unused; empty: all
 * @param used what Workloads with reserved quota hold, borrowed quota included
 * @param borrowed the part of {@code used} that is borrowed
 * @param left what the queue could reserve now, own and borrowed, without preemption; never below 0
 * @param most what it could hold if nobody else held anything
 */
public record FlavorQuota(String flavor, String resource, Quantity nominal, Optional<Quantity> borrowingLimit,
    Optional<Quantity> lendingLimit, Quantity used, Quantity borrowed, Quantity left, Quantity most) {}
