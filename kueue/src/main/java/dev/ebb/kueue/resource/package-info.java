/**
 * Kueue's resources at {@code kueue.x-k8s.io/v1beta2}, with the fields that Ebb uses. They are what goes over the wire:
 * public fields that Jackson fills, no behaviour. Fields that are not declared here are kept, and written back by an
 * update as they were read. What the rest of the module decides from is records made of these.
 */
package dev.ebb.kueue.resource;
