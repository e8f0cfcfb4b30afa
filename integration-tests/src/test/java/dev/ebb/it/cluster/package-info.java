/** Ebb on a real cluster: real controllers, a real kubelet, the real model. Run by {@code make test-cluster}. */
package dev.ebb.it.cluster;
