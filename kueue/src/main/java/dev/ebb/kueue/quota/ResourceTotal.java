package dev.ebb.kueue.quota;

import io.fabric8.kubernetes.api.model.Quantity;

/**
 * One resource of a ClusterQueue over all flavors.
 *
 * @param leftInOneFlavor the largest {@code left} of a single flavor: a pod's resource comes from one flavor
 * @param mostInOneFlavor the largest {@code most} of a single flavor
 */
public record ResourceTotal(Quantity nominal, Quantity used, Quantity left, Quantity most, Quantity leftInOneFlavor,
    Quantity mostInOneFlavor) {}
