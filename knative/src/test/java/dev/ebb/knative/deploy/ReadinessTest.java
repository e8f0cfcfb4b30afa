package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Statuses as API servers write them, and the words that are made of them. */
class ReadinessTest {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private static Readiness of(String kind, int generation, String rest) {
    String head = "kind: " + kind + "\nmetadata: {name: x, generation: " + generation + "}\n";
    return Readiness.of(YAML.unmarshal(head + rest, GenericKubernetesResource.class));
  }

  private static String stage(String status, String workload) {
    Map<?, ?> read = YAML.unmarshal("status: " + workload, Map.class);
    @SuppressWarnings("unchecked")
    Map<String, Object> its = (Map<String, Object>) read.get("status");
    return Stage.of(YAML.unmarshal("kind: Pod\nmetadata: {labels: {ebb.dev/phase: decode}}\nstatus: " + status,
        Pod.class), Optional.ofNullable(its), Optional.empty());
  }

  @Test
  void aPodInTheQueueSaysItsPlace() {
    Pod gated = YAML.unmarshal("kind: Pod\nstatus: {conditions: [{type: PodScheduled, status: 'False', "
        + "reason: SchedulingGated}]}", Pod.class);
    assertEquals("position 2 of 3 (waits to be admitted by its queue)",
        Stage.of(gated, Optional.empty(), Optional.of("position 2 of 3")));
    assertTrue(Stage.isGated(gated));
    Pod free = YAML.unmarshal("kind: Pod\nstatus: {conditions: [{type: PodScheduled, status: 'False', "
        + "reason: Unschedulable, message: no}]}", Pod.class);
    assertFalse(Stage.isGated(free));
    assertEquals("is not scheduled: no", Stage.of(free, Optional.empty(), Optional.of("position 2 of 3")));
  }

  @Test
  void anOldReadyCountsForNothing() {
    assertEquals(new Readiness(Readiness.State.WAITS, "is taken up"),
        of("Service", 2, "status: {observedGeneration: 1, conditions: [{type: Ready, status: 'True'}]}"));
    assertEquals(Readiness.State.READY,
        of("Service", 2, "status: {observedGeneration: 2, conditions: [{type: Ready, status: 'True'}]}").state());
  }

  @Test
  void aServiceSaysWhyItIsNotReady() {
    assertEquals(new Readiness(Readiness.State.FAILED, "is not ready: RevisionFailed: no such image"),
        of("Service", 1, "status: {observedGeneration: 1, conditions: [{type: Ready, status: 'False',"
            + " reason: RevisionFailed, message: no such image}]}"));
  }

  @Test
  void aServiceSaysWhenItsNewestRevisionDoesNotHaveTheTraffic() {
    String status = "status: {observedGeneration: 1, conditions: [{type: Ready, status: 'True'}],"
        + " latestReadyRevisionName: x-00002, traffic: [{revisionName: x-00001, percent: %d},"
        + " {revisionName: x-00002, percent: %d}]}";
    assertEquals("is ready, but its newest revision has 0% of the traffic; kn service update x --traffic @latest=100"
        + " gives it all", of("Service", 1, status.formatted(100, 0)).why());
    assertEquals("is ready, but its newest revision has 10% of the traffic; kn service update x --traffic @latest=100"
        + " gives it all", of("Service", 1, status.formatted(90, 10)).why());
    assertEquals("is ready", of("Service", 1, status.formatted(0, 100)).why());
  }

  @Test
  void aDeploymentIsReadyWhenAllReplicasAreNew() {
    String spec = "spec: {replicas: 2}\n";
    assertEquals(Readiness.State.WAITS,
        of("Deployment", 1, spec + "status: {observedGeneration: 1, updatedReplicas: 1, availableReplicas: 2}")
            .state());
    assertEquals(Readiness.State.READY,
        of("Deployment", 1, spec + "status: {observedGeneration: 1, updatedReplicas: 2, availableReplicas: 2}")
            .state());
    assertEquals("is asleep",
        of("Deployment", 1, "spec: {replicas: 0}\nstatus: {observedGeneration: 1}").why());
  }

  /** An update whose new pod never becomes ready: the old one answers on, and is all that is available. */
  @Test
  void anOldPodThatServesIsNotTakenForTheNewOne() {
    String spec = "spec: {replicas: 1}\nstatus: {observedGeneration: 2, updatedReplicas: 1, availableReplicas: 1, ";
    assertEquals(new Readiness(Readiness.State.WAITS, "starts"), of("Deployment", 2, spec + "replicas: 2}"));
    assertEquals(Readiness.State.READY, of("Deployment", 2, spec + "replicas: 1}").state());
  }

  @Test
  void aBrokerATriggerAndAJobSinkSayForThemselves() {
    for (String kind : List.of("Broker", "Trigger", "JobSink")) {
      assertEquals(new Readiness(Readiness.State.WAITS, "is set up"), of(kind, 1, "status: {observedGeneration: 1}"));
      assertEquals(new Readiness(Readiness.State.READY, "is ready"),
          of(kind, 1, "status: {observedGeneration: 1, conditions: [{type: Ready, status: 'True'}]}"));
      assertEquals(new Readiness(Readiness.State.FAILED, "is not ready: BrokerUnreconciled: no such class"),
          of(kind, 1, "status: {observedGeneration: 1, conditions: [{type: Ready, status: 'False',"
              + " reason: BrokerUnreconciled, message: no such class}]}"));
    }
  }

  /** By the very kinds that are rendered, of which another version would never be waited for. */
  @Test
  void eachThatComesUpIsWaitedFor() {
    List<String> followed = Rendering.kinds().stream()
        .filter(kind -> Waiting.isFollowed(new ObjectName(kind, "n", "x"))).map(ObjectKind::kind).toList();
    assertEquals(List.of("Job", "Deployment", "Service", "Broker", "Trigger", "JobSink"), followed);
  }

  @Test
  void aJobIsDoneOrFailed() {
    assertEquals(Readiness.State.READY,
        of("Job", 1, "status: {conditions: [{type: Complete, status: 'True'}]}").state());
    assertEquals("failed: too often",
        of("Job", 1, "status: {conditions: [{type: Failed, status: 'True', message: too often}]}").why());
  }

  @Test
  void theWorkloadTellsWhyAPodWaitsForQuota() {
    String gated = "{conditions: [{type: PodScheduled, status: 'False', reason: SchedulingGated}]}";
    assertEquals("waits for quota: Pending: insufficient unused quota for nvidia.com/gpu",
        stage(gated, "{conditions: [{type: QuotaReserved, status: 'False', reason: Pending,"
            + " message: insufficient unused quota for nvidia.com/gpu}]}"));
    assertEquals("waits to be admitted by its queue", stage(gated, "null"));
  }

  @Test
  void theStepsOfAPod() {
    assertEquals("is not scheduled: 0/1 nodes are available", stage("{conditions: [{type: PodScheduled,"
        + " status: 'False', reason: Unschedulable, message: 0/1 nodes are available}]}", "null"));
    assertEquals("its container decode waits, ErrImagePull: not found",
        stage("{containerStatuses: [{name: decode, state: {waiting: {reason: ErrImagePull, message: not found}}}]}",
            "null"));
    assertEquals("its container decode ended with status 25 (Error) and is started again; kubectl logs -c decode"
        + " --previous says why", stage("{containerStatuses: [{name: decode, state: {waiting: {reason:"
            + " CrashLoopBackOff}}, lastState: {terminated: {exitCode: 25, reason: Error}}}]}", "null"));
    assertEquals("starts and loads the model",
        stage("{containerStatuses: [{name: decode, state: {running: {}}}]}", "null"));
    Pod other = YAML.unmarshal("kind: Pod\nstatus: {containerStatuses: [{name: reconciler, state: {running: {}}}]}",
        Pod.class);
    assertEquals("starts", Stage.of(other, Optional.empty(), Optional.empty()));
    assertEquals("its pod is ready", stage("{conditions: [{type: Ready, status: 'True'}]}", "null"));
  }
}
