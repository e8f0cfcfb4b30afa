/**
 * What a ClusterQueue owns, may borrow, holds and has left, computed from its spec, its status and its cohort. A view
 * of bookkeeping, not of devices: {@link dev.ebb.kueue.quota.BlindSpot} names what it cannot see.
 */
package dev.ebb.kueue.quota;
