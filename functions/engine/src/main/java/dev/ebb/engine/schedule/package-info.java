/** Which tokens of which sequences a step computes: continuous batching, chunked prefill, preemption. */
package dev.ebb.engine.schedule;
