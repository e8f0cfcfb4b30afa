/**
 * How much work waits for or uses each phase of each model. The counters exist at 0 from the start, and one rule
 * turns them into "this function should run", on this machine as in a cluster.
 */
package dev.ebb.router.demand;
