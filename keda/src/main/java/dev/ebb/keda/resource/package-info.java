/** KEDA's resources as the Kubernetes client sends them: the fields that Ebb uses, and all others kept as read. */
package dev.ebb.keda.resource;
