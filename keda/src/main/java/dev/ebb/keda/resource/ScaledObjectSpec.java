package dev.ebb.keda.resource;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.util.List;

/** What a {@link ScaledObject} asks for; times in whole seconds, counts in replicas. */
public class ScaledObjectSpec extends Open {
  public TargetRef scaleTargetRef;
  /** Seconds between two looks at the triggers. */
  public Integer pollingInterval;
  /** Seconds without demand before the last replica goes. */
  public Integer cooldownPeriod;
  /** Seconds after creation in which nothing is scaled to zero. */
  public Integer initialCooldownPeriod;
  public Integer minReplicaCount;
  public Integer maxReplicaCount;
  public Advanced advanced;
  public List<ScaledObjectTrigger> triggers;

  /** The object whose replicas are scaled; KEDA takes a Deployment where no kind is given. */
  public static class TargetRef extends Open {
    public String apiVersion;
    public String kind;
    public String name;
  }

  /** What KEDA hands on to the HorizontalPodAutoscaler that it makes. */
  public static class Advanced extends Open {
    public HpaConfig horizontalPodAutoscalerConfig;
  }

  /** Name and behaviour of the HorizontalPodAutoscaler. */
  public static class HpaConfig extends Open {
    public String name;
    public HorizontalPodAutoscalerBehavior behavior;
  }
}
