/** The engine's series by vLLM's names, so that dashboards and autoscalers made for vLLM read Ebb. */
package dev.ebb.runtime.metrics;
