/** The real cluster under test: its client, the parts that can be stopped, Ebb on it, and what is watched. */
package dev.ebb.it.cluster.harness;
