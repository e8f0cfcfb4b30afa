package dev.ebb.kueue;

/** Names that Kueue and Knative give to labels, gates and groups, as far as Ebb sets or reads them. */
public final class KueueNames {
  /** API group of all of Kueue's resources. */
  public static final String GROUP = "kueue.x-k8s.io";

  /** The version that the classes of this module have the shape of. */
  public static final String VERSION = "v1beta2";

  /** Label of a pod template, a Deployment or a Job: the LocalQueue, of the same namespace, that it waits in. */
  public static final String QUEUE_NAME_LABEL = GROUP + "/queue-name";

  /** Label of the same objects: the WorkloadPriorityClass that orders them. */
  public static final String PRIORITY_CLASS_LABEL = GROUP + "/priority-class";

  /** Label that Kueue's webhook sets to {@code "true"} on each pod that it gates. */
  public static final String MANAGED_LABEL = GROUP + "/managed";

  /** Label of a pod: the set of its Workload that it belongs to. */
  public static final String PODSET_LABEL = GROUP + "/podset";

  /** Label of a pod that is queued as one of a group. Ebb sets none: a group has a fixed size, serving has not. */
  public static final String POD_GROUP_LABEL = GROUP + "/pod-group-name";

  /** Gate that keeps a pod from the scheduler until its Workload is admitted. */
  public static final String ADMISSION_GATE = GROUP + "/admission";

  /** Gate that keeps a pod from the scheduler until Kueue placed it, where it places by topology. */
  public static final String TOPOLOGY_GATE = GROUP + "/topology";

  /** Knative's label of a pod: the revision that it serves. */
  public static final String REVISION_LABEL = "serving.knative.dev/revision";

  /** Label of a pod of a plain Deployment: the function that it serves. */
  public static final String APP_LABEL = "app";

  /** How a resource that counts GPUs ends, whoever makes them. */
  public static final String GPU_SUFFIX = "/gpu";

  private KueueNames() {}
}
