package dev.ebb.kueue.resource;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;

/** Quotas of resources that are given together, by flavor, of a ClusterQueue or a Cohort. */
public class ResourceGroup extends OpenFields {
  /** Names of the resources, such as {@code cpu} or {@code nvidia.com/gpu}. */
  @NullMeansEmpty
  public List<String> coveredResources = new ArrayList<>();

  /** The flavors, in the order in which Kueue tries them. */
  @NullMeansEmpty
  public List<Flavor> flavors = new ArrayList<>();

  /** Quotas in one flavor. */
  public static class Flavor extends OpenFields {
    /** Name of the ResourceFlavor. */
    public String name;

    /** One entry for each covered resource. */
    @NullMeansEmpty
    public List<Quota> resources = new ArrayList<>();
  }

  /** Quota of one resource in one flavor. */
  public static class Quota extends OpenFields {
    /** Name of the resource. */
    public String name;

    /** What is owned. */
    public Quantity nominalQuota;

    /** How much may be taken from the cohort beyond the nominal quota; null: no limit. */
    public Quantity borrowingLimit;

    /** How much of the nominal quota the cohort may take while it is unused; null: all of it. */
    public Quantity lendingLimit;
  }
}
