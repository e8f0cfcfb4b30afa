/** Puts an installation onto a cluster, follows it until it is ready, and takes it away again. */
package dev.ebb.knative.deploy;
