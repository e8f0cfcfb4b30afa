package dev.ebb.keda.decide;

import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted. Objects hold only the fields that matter to us; others of an existing object stay as they are.
 *
 * @param serverlessService to create or bring into line, empty where one of that name belongs to somebody else
 * @param scaling what becomes of the ScaledObject
 * @param status of the PodAutoscaler, whole
 * @param notices to record as events
 */
public record Decision(Optional<ServerlessService> serverlessService, Scaling scaling, PodAutoscalerStatus status,
    List<Notice> notices) {}
