/** Quotas: Kueue's resources, and what is known of a pod's place in the queue. */
package dev.ebb.kueue;
