/**
 * Where a pod stands in Kueue's queue: state, position, reason and a sentence for the caller who waits. The rule is a
 * pure function of Workloads and quotas; the watcher keeps those current and tells what changed.
 */
package dev.ebb.kueue.admission;
