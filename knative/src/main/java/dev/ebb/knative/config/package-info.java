/**
 * {@code ebb.yaml} as immutable records. The published schema says what one value may be, {@link
 * dev.ebb.knative.config.EbbYaml#read} holds a file against it and then checks what values must be to each other; all
 * that is wrong is told at once, with its path, its place and its mend.
 */
package dev.ebb.knative.config;
