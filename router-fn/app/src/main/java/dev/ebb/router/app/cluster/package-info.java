/**
 * Functions on a Kubernetes cluster: their readiness and their place in Kueue's queue by watching the API server, and
 * by asking the functions themselves while that cannot be reached. Nothing else of the router knows Kubernetes, and
 * nothing here is loaded unless {@code EBB_PLATFORM=cluster}.
 */
package dev.ebb.router.app.cluster;
