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
 * @param serving that runs it
 * @param now what new transition times are
 */
public record Observed(PodAutoscaler podAutoscaler, Optional<ServerlessService> serverlessService,
    Optional<Deployment> deployment, Optional<ScaledObject> scaledObject, RoutingState routing,
    boolean superseded, Serving serving, Instant now) {

  /**
   * Whether a revision that never started is to be given up, so that it does not keep from others what its pod has: a
   * newer one takes its place, or a route named it and does no longer. Serving leaves the replicas to us. One that no
   * route ever named starts, as with Knative's own autoscaler, so that it can be given traffic when it was ready.
   */
  boolean needless() {
    return superseded || routing == RoutingState.RESERVE;
  }

  PodAutoscalerStatus previous() {
    return podAutoscaler.getStatus() == null ? new PodAutoscalerStatus() : podAutoscaler.getStatus();
  }
}
