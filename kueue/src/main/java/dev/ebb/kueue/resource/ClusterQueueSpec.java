package dev.ebb.kueue.resource;

import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.ArrayList;
import java.util.List;

/** What a ClusterQueue gives, to whom, and in which order. */
public class ClusterQueueSpec extends OpenFields {
  @NullMeansEmpty
  public List<ResourceGroup> resourceGroups = new ArrayList<>();

  /** Queues of one cohort borrow from each other; null: none. The Cohort object itself need not exist. */
  public String cohortName;

  /** {@code BestEffortFIFO} or {@code StrictFIFO}: whether one that does not fit blocks those behind it. */
  public String queueingStrategy;

  /** Namespaces that may use the queue: null none, empty all. */
  public LabelSelector namespaceSelector;

  public Preemption preemption;

  /** {@code None}, {@code Hold} or {@code HoldAndDrain}: whether, and how, the queue is stopped. */
  public String stopPolicy;

  /** Whom a waiting Workload may push out. */
  public static class Preemption extends OpenFields {
    /** {@code Never}, {@code LowerPriority} or {@code Any}: to get back what others of the cohort borrowed. */
    public String reclaimWithinCohort;

    /** {@code Never}, {@code LowerPriority} or {@code LowerOrNewerEqualPriority}. */
    public String withinClusterQueue;
  }
}
