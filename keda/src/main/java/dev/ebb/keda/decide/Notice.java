package dev.ebb.keda.decide;

/**
 * Something worth a Kubernetes event on the PodAutoscaler.
 *
 * @param warning whether a person should act
 * @param reason one word in camel case
 * @param message a sentence
 */
public record Notice(boolean warning, String reason, String message) {}
