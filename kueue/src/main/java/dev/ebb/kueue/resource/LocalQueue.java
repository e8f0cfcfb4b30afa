package dev.ebb.kueue.resource;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.ArrayList;
import java.util.List;

/** A namespace's way into a ClusterQueue: what the queue-name label of a pod names. */
@Group(KueueNames.GROUP)
@Version(KueueNames.VERSION)
public class LocalQueue extends CustomResource<LocalQueue.Spec, LocalQueue.Status> implements Namespaced {

  /** Where the queue leads. */
  public static class Spec extends OpenFields {
    /** Name of the ClusterQueue; cannot be changed. */
    public String clusterQueue;

    /** {@code None}, {@code Hold} or {@code HoldAndDrain}. */
    public String stopPolicy;
  }

  /** What Kueue last wrote about the queue. */
  public static class Status extends OpenFields {
    @NullMeansEmpty
    public List<Condition> conditions = new ArrayList<>();

    public Integer pendingWorkloads;
    public Integer reservingWorkloads;
    public Integer admittedWorkloads;

    @NullMeansEmpty
    public List<ClusterQueueStatus.FlavorUsage> flavorsReservation = new ArrayList<>();

    @NullMeansEmpty
    public List<ClusterQueueStatus.FlavorUsage> flavorsUsage = new ArrayList<>();
  }

  /** A new object has an empty spec, which the API requires; its status is null until Kueue writes one. */
  @Override
  protected Spec initSpec() {
    return new Spec();
  }
}
