/** The Knative autoscaler class {@code keda.ebb.dev}: PodAutoscalers in, ServerlessServices and ScaledObjects out. */
package dev.ebb.keda;
