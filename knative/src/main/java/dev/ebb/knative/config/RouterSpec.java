package dev.ebb.knative.config;

import java.util.Optional;

/**
 * Settings of every router.
 *
 * @param host of an Ingress; none when empty
 */
public record RouterSpec(int replicas, Resources resources, Optional<String> host, int requestTimeoutSeconds,
    int startTimeoutSeconds, int bodyBytesMax, int parkedMax, int drainSeconds) {}
