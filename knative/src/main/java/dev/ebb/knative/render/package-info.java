/**
 * From an {@link dev.ebb.knative.config.EbbYaml} to what is applied to a cluster: one class a kind of object, {@link
 * dev.ebb.knative.render.Rendering} in whose order they are applied. Equal files render equal bytes; nothing here
 * asks a cluster, a clock or the environment.
 */
package dev.ebb.knative.render;
