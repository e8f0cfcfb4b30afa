package dev.ebb.kueue.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.Yaml;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Objects as Kueue 0.19 shows them come back as they were read, known fields or not. */
class ResourceShapeTest {
  private static final String FLAVOR = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ResourceFlavor
      metadata: {name: h100}
      spec:
        nodeLabels: {gpu: h100}
        nodeTaints: [{key: gpu, value: "true", effect: NoSchedule}]
        tolerations: [{key: spot, operator: Exists}]
        topologyName: racks
      """;
  private static final String CLUSTER_QUEUE = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ClusterQueue
      metadata: {name: serving, generation: 2}
      spec:
        cohortName: all
        queueingStrategy: BestEffortFIFO
        namespaceSelector: {}
        stopPolicy: None
        flavorFungibility: {whenCanBorrow: MayStopSearch, whenCanPreempt: TryNextFlavor}
        preemption:
          reclaimWithinCohort: Any
          withinClusterQueue: LowerPriority
          borrowWithinCohort: {policy: Never}
        resourceGroups:
        - coveredResources: [cpu, nvidia.com/gpu]
          flavors:
          - name: h100
            resources:
            - {name: cpu, nominalQuota: "16"}
            - {name: nvidia.com/gpu, nominalQuota: "4", borrowingLimit: "2", lendingLimit: "1", newest: 7}
      status:
        conditions:
        - {type: Active, status: "True", reason: Ready, message: Can admit, lastTransitionTime: "2026-11-25T08:00:00Z"}
        flavorsReservation:
        - name: h100
          resources: [{name: nvidia.com/gpu, total: "5", borrowed: "1"}]
        flavorsUsage:
        - name: h100
          resources: [{name: nvidia.com/gpu, total: "4", borrowed: "0"}]
        pendingWorkloads: 3
        reservingWorkloads: 5
        admittedWorkloads: 0
        fairSharing: {weightedShare: 0}
      """;
  private static final String LOCAL_QUEUE = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: LocalQueue
      metadata: {name: gpu-serving, namespace: models}
      spec: {clusterQueue: serving, stopPolicy: None, fairSharing: {weight: "2"}}
      status:
        pendingWorkloads: 1
        reservingWorkloads: 0
        admittedWorkloads: 2
        flavorsUsage: [{name: h100, resources: [{name: cpu, total: "1"}]}]
      """;
  private static final String COHORT = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: Cohort
      metadata: {name: all}
      spec:
        parentName: company
        fairSharing: {weight: "1"}
        resourceGroups:
        - coveredResources: [nvidia.com/gpu]
          flavors: [{name: h100, resources: [{name: nvidia.com/gpu, nominalQuota: "1"}]}]
      """;
  private static final String PRIORITY_CLASS = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: WorkloadPriorityClass
      metadata: {name: llm-online}
      value: 1000
      description: people wait for it
      """;
  private static final String WORKLOAD = """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: Workload
      metadata:
        name: pod-decode-00001-abc
        namespace: models
        uid: 1d3c
        creationTimestamp: "2026-11-25T08:00:00Z"
        labels: {kueue.x-k8s.io/job-uid: 9f}
        ownerReferences: [{apiVersion: v1, kind: Pod, name: decode-00001-abc, uid: 9f, controller: true}]
      spec:
        active: true
        queueName: gpu-serving
        priority: 1000
        priorityClassRef: {group: kueue.x-k8s.io, kind: WorkloadPriorityClass, name: llm-online}
        maximumExecutionTimeSeconds: 600
        podSets:
        - name: main
          count: 1
          topologyRequest: {unconstrained: true}
          template:
            spec:
              containers:
              - {name: user, image: "dev.local/app:1", resources: {limits: {nvidia.com/gpu: "1"}}}
      status:
        admission:
          clusterQueue: serving
          podSetAssignments:
          - name: main
            count: 1
            flavors: {nvidia.com/gpu: h100}
            resourceUsage: {nvidia.com/gpu: "1"}
        conditions:
        - {type: QuotaReserved, status: "True", reason: QuotaReserved, message: "", observedGeneration: 1}
        admissionChecks: [{name: nodes, state: Pending, message: "", lastTransitionTime: "2026-11-25T08:00:01Z"}]
        schedulingStats: {evictions: [{reason: Preempted, underlyingCause: "", count: 1}]}
      """;

  private static <T> T roundTrip(Class<T> type, String yaml) {
    T object = Yaml.read(type, yaml);
    assertEquals(Yaml.fields(yaml), Yaml.sent(object));
    return object;
  }

  @Test
  void flavor() {
    ResourceFlavor flavor = roundTrip(ResourceFlavor.class, FLAVOR);
    assertEquals(Map.of("gpu", "h100"), flavor.getSpec().nodeLabels);
    assertEquals(Map.of("topologyName", "racks"), flavor.getSpec().others());
  }

  @Test
  void clusterQueue() {
    ClusterQueue queue = roundTrip(ClusterQueue.class, CLUSTER_QUEUE);
    ResourceGroup.Quota gpu = queue.getSpec().resourceGroups.getFirst().flavors.getFirst().resources.getLast();
    assertEquals(new Quantity("2"), gpu.borrowingLimit);
    assertEquals(new Quantity("1"), gpu.lendingLimit);
    assertEquals(7, gpu.others().get("newest"));
    assertEquals("all", queue.getSpec().cohortName);
    assertNotNull(queue.getSpec().namespaceSelector, "an empty selector means all namespaces, no selector none");
    assertEquals(new Quantity("5"), queue.getStatus().flavorsReservation.getFirst().resources.getFirst().total);
  }

  @Test
  void localQueue() {
    assertEquals("serving", roundTrip(LocalQueue.class, LOCAL_QUEUE).getSpec().clusterQueue);
  }

  @Test
  void cohort() {
    assertEquals("company", roundTrip(Cohort.class, COHORT).getSpec().parentName);
  }

  @Test
  void priorityClass() {
    assertEquals(1000, roundTrip(WorkloadPriorityClass.class, PRIORITY_CLASS).value);
  }

  @Test
  void workload() {
    Workload workload = roundTrip(Workload.class, WORKLOAD);
    assertEquals("llm-online", workload.getSpec().priorityClassRef.name);
    assertEquals("h100", workload.getStatus().admission.podSetAssignments.getFirst().flavors.get("nvidia.com/gpu"));
    assertEquals("Pending", workload.getStatus().admissionChecks.getFirst().state);
  }

  @Test
  void changeKeepsWhatIsNotKnown() {
    Workload workload = Yaml.read(Workload.class, WORKLOAD);
    workload.getSpec().priority = 5;
    Map<String, Object> sent = Yaml.sent(workload);
    assertEquals(Yaml.fields(WORKLOAD.replace("priority: 1000", "priority: 5")), sent);
  }

  @Test
  void nullsOfGoAreEmpty() {
    Workload workload = Yaml.read(Workload.class, """
        kind: Workload
        metadata: {name: w}
        spec: {podSets: null}
        status: {conditions: null, admission: {clusterQueue: q, podSetAssignments: null}}
        """);
    assertEquals(List.of(), workload.getSpec().podSets);
    assertEquals(List.of(), workload.getStatus().conditions);
    assertEquals(List.of(), workload.getStatus().admission.podSetAssignments);
  }

  @Test
  void namesOfTheApi() {
    assertEquals("clusterqueues.kueue.x-k8s.io", HasMetadata.getFullResourceName(ClusterQueue.class));
    assertEquals("resourceflavors", HasMetadata.getPlural(ResourceFlavor.class));
    assertEquals("workloadpriorityclasses", HasMetadata.getPlural(WorkloadPriorityClass.class));
    assertEquals("cohorts", HasMetadata.getPlural(Cohort.class));
    assertEquals("kueue.x-k8s.io/v1beta2", HasMetadata.getApiVersion(Workload.class));
    assertTrue(Namespaced.class.isAssignableFrom(LocalQueue.class));
  }
}
