package dev.ebb.kueue.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.kueue.Yaml;
import org.junit.jupiter.api.Test;

/** What v1beta1 shows becomes what v1beta2 would. */
class OlderShapeTest {
  private static void becomes(String kind, String older, String newer) {
    assertEquals(Yaml.fields("apiVersion: kueue.x-k8s.io/v1beta2\n" + newer),
        OlderShape.mended(kind, Yaml.fields("apiVersion: kueue.x-k8s.io/v1beta1\n" + older)));
  }

  @Test
  void clusterQueueNamesItsCohort() {
    becomes("ClusterQueue", "spec: {cohort: all, stopPolicy: None}", "spec: {cohortName: all, stopPolicy: None}");
  }

  @Test
  void cohortNamesItsParent() {
    becomes("Cohort", "spec: {parent: company}", "spec: {parentName: company}");
    becomes("Cohort", "spec: {parentName: company}", "spec: {parentName: company}");
  }

  @Test
  void localQueueShowsItsUsage() {
    becomes("LocalQueue", "status: {flavorUsage: [{name: h100}]}", "status: {flavorsUsage: [{name: h100}]}");
  }

  @Test
  void workloadRefersToItsPriorityClass() {
    becomes("Workload",
        "spec: {priorityClassName: online, priorityClassSource: kueue.x-k8s.io/workloadpriorityclass, priority: 9}",
        "spec: {priorityClassRef: {group: kueue.x-k8s.io, kind: WorkloadPriorityClass, name: online}, priority: 9}");
    becomes("Workload",
        "spec: {priorityClassName: online, priorityClassSource: scheduling.k8s.io/priorityclass}",
        "spec: {priorityClassRef: {group: scheduling.k8s.io, kind: PriorityClass, name: online}}");
    becomes("Workload", "spec: {priorityClassName: '', priorityClassSource: ''}", "spec: {}");
  }

  @Test
  void workloadCountsItsTime() {
    becomes("Workload", "status: {accumulatedPastExexcutionTimeSeconds: 3}",
        "status: {accumulatedPastExecutionTimeSeconds: 3}");
  }

  @Test
  void newerShapeStays() {
    String newer = "spec: {cohortName: all}\nstatus: {pendingWorkloads: 0}\n";
    becomes("ClusterQueue", newer, newer);
  }

  @Test
  void objectWithoutPartsStays() {
    becomes("Workload", "metadata: {name: w}", "metadata: {name: w}");
  }
}
