package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObject;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerStatus;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.Optional;

/**
 * All that a decision rests on. Nothing in it is changed by deciding.
 *
 * @param podAutoscaler of our class; its status is the previous one
 * @param serverlessService of the PodAutoscaler's name
 * @param deployment that the PodAutoscaler scales
 * @param scaledObject of the PodAutoscaler's name
 * @param routing of the Revision
 * @param superseded whether its Configuration has a newer Revision
 * @param now what new transition times are
 */
public record Observed(PodAutoscaler podAutoscaler, Optional<ServerlessService> serverlessService,
    Optional<Deployment> deployment, Optional<ScaledObject> scaledObject, RoutingState routing,
    boolean superseded, Instant now) {

  PodAutoscalerStatus previous() {
    return podAutoscaler.getStatus() == null ? new PodAutoscalerStatus() : podAutoscaler.getStatus();
  }
}
