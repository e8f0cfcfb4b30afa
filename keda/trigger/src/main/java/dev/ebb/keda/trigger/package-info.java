/**
 * Triggers as data: when a thing must run and how many of it. The same definitions become a ScaledObject's triggers on
 * a cluster and decide locally where there is none.
 */
package dev.ebb.keda.trigger;
