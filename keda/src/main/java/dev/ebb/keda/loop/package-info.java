/** The loop around the decision: watches, a queue of names, writes on difference, events, a lease for one leader. */
package dev.ebb.keda.loop;
