/**
 * What the end-to-end tests share: an Ebb of their own (processes, port, home folder), the model,
 * the public-domain text, a Python with the pinned client packages, and small HTTP and waiting tools.
 */
package dev.ebb.it.harness;
