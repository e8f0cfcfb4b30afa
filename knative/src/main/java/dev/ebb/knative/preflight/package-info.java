/** Whether a cluster can take an installation: what was read of it, and what follows from that. */
package dev.ebb.knative.preflight;
