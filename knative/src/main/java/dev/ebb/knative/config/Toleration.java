package dev.ebb.knative.config;

import java.util.Optional;

/** A taint that pods bear, as Kubernetes has it. */
public record Toleration(Optional<String> key, String operator, Optional<String> value, Optional<String> effect) {}
