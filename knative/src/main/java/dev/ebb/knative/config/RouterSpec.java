package dev.ebb.knative.config;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of every router.
 *
 * @param host of an Ingress; none when empty
 * @param heldBodyBytesMax bodies of all requests under way together; a part of the heap when empty
 */
public record RouterSpec(int replicas, Resources resources, Optional<String> host, int requestTimeoutSeconds,
    int startTimeoutSeconds, int bodyBytesMax, OptionalInt heldBodyBytesMax, int parkedMax, int drainSeconds) {}
