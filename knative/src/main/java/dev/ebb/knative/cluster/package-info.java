/** Talks to an API server; only the commands of a cluster load it, and the Kubernetes client with it. */
package dev.ebb.knative.cluster;
