/**
 * The contract with Knative Serving as a function: from what was seen to what is wanted, without client, clock or
 * thread.
 */
package dev.ebb.keda.decide;
