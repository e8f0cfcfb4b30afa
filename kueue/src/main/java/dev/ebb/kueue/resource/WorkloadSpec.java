package dev.ebb.kueue.resource;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.ArrayList;
import java.util.List;

/** What a Workload asks for. */
public class WorkloadSpec extends OpenFields {
  @NullMeansEmpty
  public List<PodSet> podSets = new ArrayList<>();

  /** Name of the LocalQueue, in the Workload's namespace. */
  public String queueName;

  /** Where {@link #priority} came from. */
  public PriorityClassRef priorityClassRef;

  /** Higher comes first; null: 0. */
  public Integer priority;

  /** False: the Workload is never admitted, and evicted if it was; null: true. */
  public Boolean active;

  /** Pods of one shape. */
  public static class PodSet extends OpenFields {
    public String name;
    public PodTemplateSpec template;

    /** How many pods; null: 1. */
    public Integer count;
  }

  /** A priority class, of Kueue or of Kubernetes. */
  public static class PriorityClassRef extends OpenFields {
    public String group;
    public String kind;
    public String name;
  }
}
