package dev.ebb.keda.resource;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** KEDA's {@code ScaledObject}: which Deployment is scaled, between which bounds, on which triggers. */
@Group("keda.sh")
@Version("v1alpha1")
public class ScaledObject extends CustomResource<ScaledObjectSpec, ScaledObjectStatus> implements Namespaced {
  /** Annotation that holds the target at this many replicas; KEDA decides again once it is gone. */
  public static final String PAUSED_REPLICAS = "autoscaling.keda.sh/paused-replicas";
}
