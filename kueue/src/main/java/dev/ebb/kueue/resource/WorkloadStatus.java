package dev.ebb.kueue.resource;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Kueue last wrote about a Workload. */
public class WorkloadStatus extends OpenFields {
  @NullMeansEmpty
  public List<Condition> conditions = new ArrayList<>();

  /** Set while quota is reserved. */
  public Admission admission;

  /** Set after an eviction that is followed by a pause. */
  public RequeueState requeueState;

  @NullMeansEmpty
  public List<CheckState> admissionChecks = new ArrayList<>();

  /** What was asked for, as Kueue counted it, while no quota is reserved. */
  @NullMeansEmpty
  public List<Request> resourceRequests = new ArrayList<>();

  /** Where quota is reserved. */
  public static class Admission extends OpenFields {
    /** Name of the ClusterQueue. */
    public String clusterQueue;

    @NullMeansEmpty
    public List<Assignment> podSetAssignments = new ArrayList<>();
  }

  /** What a pod set was given. */
  public static class Assignment extends OpenFields {
    /** Name of the pod set. */
    public String name;

    /** Name of the flavor by name of the resource. */
    @NullMeansEmpty
    public Map<String, String> flavors = new LinkedHashMap<>();

    /** What all pods of the set hold, by name of the resource. */
    @NullMeansEmpty
    public Map<String, Quantity> resourceUsage = new LinkedHashMap<>();

    public Integer count;
  }

  /** When an evicted Workload comes back into the queue. */
  public static class RequeueState extends OpenFields {
    public Integer count;

    /** RFC 3339. */
    public String requeueAt;
  }

  /** A check beside quota, such as the provisioning of a node. */
  public static class CheckState extends OpenFields {
    public String name;

    /** {@code Pending}, {@code Ready}, {@code Retry} or {@code Rejected}. */
    public String state;

    public String message;
  }

  /** What a pod set asks for. */
  public static class Request extends OpenFields {
    /** Name of the pod set. */
    public String name;

    /** What all pods of the set need, by name of the resource. */
    @NullMeansEmpty
    public Map<String, Quantity> resources = new LinkedHashMap<>();
  }
}
