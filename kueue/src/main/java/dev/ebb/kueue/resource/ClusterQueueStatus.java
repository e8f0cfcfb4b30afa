package dev.ebb.kueue.resource;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;

/** What Kueue last wrote about a ClusterQueue. */
public class ClusterQueueStatus extends OpenFields {
  /** {@code Active} is the one that counts. */
  @NullMeansEmpty
  public List<Condition> conditions = new ArrayList<>();

  /** What Workloads with reserved quota hold, admitted ones included. */
  @NullMeansEmpty
  public List<FlavorUsage> flavorsReservation = new ArrayList<>();

  /** What admitted Workloads hold. */
  @NullMeansEmpty
  public List<FlavorUsage> flavorsUsage = new ArrayList<>();

  public Integer pendingWorkloads;
  public Integer reservingWorkloads;
  public Integer admittedWorkloads;

  /** What is held in one flavor. */
  public static class FlavorUsage extends OpenFields {
    /** Name of the ResourceFlavor. */
    public String name;

    @NullMeansEmpty
    public List<ResourceUsage> resources = new ArrayList<>();
  }

  /** What is held of one resource in one flavor. */
  public static class ResourceUsage extends OpenFields {
    /** Name of the resource. */
    public String name;

    /** All that is held, the borrowed part included; null: nothing. */
    public Quantity total;

    /** The part beyond the nominal quota; null: nothing. */
    public Quantity borrowed;
  }
}
