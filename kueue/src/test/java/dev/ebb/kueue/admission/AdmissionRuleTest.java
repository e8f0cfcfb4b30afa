package dev.ebb.kueue.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.Yaml;
import dev.ebb.kueue.admission.Admission.Place;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.quota.Quotas;
import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.ResourceFlavor;
import dev.ebb.kueue.resource.Workload;
import dev.ebb.kueue.resource.WorkloadStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmissionRuleTest {
  private static final String GPU = "nvidia.com/gpu";

  private static QuotaView quota(int nominal, int used, String spec) {
    ClusterQueue queue = Yaml.read(ClusterQueue.class, """
        kind: ClusterQueue
        metadata: {name: serving}
        spec:
          %s
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: h100, resources: [{name: nvidia.com/gpu, nominalQuota: "%d"}]}]
        status:
          flavorsReservation: [{name: h100, resources: [{name: nvidia.com/gpu, total: "%d"}]}]
        """.formatted(spec, nominal, used));
    ResourceFlavor flavor = Yaml.read(ResourceFlavor.class, "metadata: {name: h100}\n");
    return new Quotas(List.of(queue), List.of(), List.of(flavor)).view("serving").orElseThrow();
  }

  private static Admission admission(Workloads own, QuotaView quota, Workloads... others) {
    List<Workload> rivals = List.of(others).stream().map(Workloads::get).toList();
    return AdmissionRule.admission(own.get(), rivals, Optional.of("serving"), Optional.ofNullable(quota));
  }

  @Test
  void waitsWithItsPlaceAndWhatIsLeft() {
    Workloads own = Workloads.pending("own", 5).asking(GPU, "2");
    Admission admission = admission(own, quota(4, 3, ""), Workloads.pending("early", 1),
        Workloads.pending("important", 9).priority(7), Workloads.pending("late", 9), own,
        Workloads.pending("less", 0).priority(-3),
        Workloads.pending("running", 0).is("QuotaReserved", "True", "", "", 1));
    assertEquals(AdmissionState.WAITING, admission.state());
    assertEquals(Optional.of(new Place(3, 5)), admission.place());
    assertEquals("waiting for GPU quota, position 3 of 5: needs 2, 1 left", admission.sentence());
    assertEquals(Map.of(GPU, new Quantity("1")), admission.left());
    assertEquals(Map.of(GPU, new Quantity("2")), admission.needs());
    assertEquals("Pending", admission.cause().reason());
    assertEquals("couldn't assign flavors to pod set main", admission.cause().message());
    assertFalse(admission.cause().lasting());
    assertFalse(admission.holdsQuota());
  }

  @Test
  void withoutAQuotaTheSentenceTellsNoNumbers() {
    assertEquals("waiting for GPU quota, position 1 of 1", admission(Workloads.pending("own", 5), null).sentence());
  }

  @Test
  void quotaThatIsThereIsForThoseBefore() {
    Admission admission = admission(Workloads.pending("own", 5), quota(4, 3, ""), Workloads.pending("early", 1));
    assertEquals("waiting for GPU quota, position 2 of 2: needs 1, 1 left, and others are before it",
        admission.sentence());
  }

  @Test
  void sentenceNamesNoQueueFlavorOrWorkload() {
    Workloads own = Workloads.pending("own", 5)
        .is("QuotaReserved", "False", "WaitingForQuota", "flavor h100 in ClusterQueue serving: tenant-b/x holds it", 5);
    Admission admission = admission(own, quota(1, 1, ""), Workloads.pending("early", 1));
    assertFalse(admission.sentence().matches(".*(h100|serving|tenant-b|early).*"), admission.sentence());
    assertTrue(admission.cause().message().contains("tenant-b"));
  }

  @Test
  void moreThanTheQueueEverHasIsLasting() {
    Admission admission = admission(Workloads.pending("own", 5).asking(GPU, "8"), quota(4, 0, ""));
    assertTrue(admission.cause().lasting());
    assertEquals("waiting for GPU quota, position 1 of 1: the queue cannot give what it asks for, "
        + "and waiting does not help", admission.sentence());
    Workloads told = Workloads.pending("own", 5).is("QuotaReserved", "False", "NoMatchingFlavor", "", 5);
    assertTrue(admission(told, null).cause().lasting());
  }

  @Test
  void stoppedQueueAndAbsentQueueAreTold() {
    assertTrue(admission(Workloads.pending("own", 5), quota(4, 0, "stopPolicy: Hold")).sentence()
        .endsWith(": the queue is stopped"));
    Admission lost = AdmissionRule.admission(Workloads.pending("own", 5).get(), List.of(), Optional.empty(),
        Optional.empty());
    assertEquals("waiting for GPU quota: its queue does not exist", lost.sentence());
    assertEquals(Optional.empty(), lost.place());
  }

  @Test
  void switchedOff() {
    Admission admission = admission(Workloads.pending("own", 5).inactive(), quota(4, 0, ""));
    assertEquals("waiting for GPU quota: it was switched off, and waiting does not help", admission.sentence());
    assertTrue(admission.cause().lasting());
  }

  @Test
  void reservedThenAdmittedThenReady() {
    Workloads own = Workloads.pending("own", 5).is("QuotaReserved", "True", "QuotaReserved", "", 6);
    Admission reserved = admission(own, quota(4, 1, ""));
    assertEquals(AdmissionState.RESERVED, reserved.state());
    assertEquals("has GPU quota reserved, waiting for the checks beside it", reserved.sentence());
    assertEquals(Optional.empty(), reserved.place());
    assertTrue(reserved.holdsQuota());

    own.is("Admitted", "True", "Admitted", "", 7).is("PodsReady", "False", "WaitForStart", "", 7);
    Admission admitted = admission(own, quota(4, 1, ""));
    assertEquals(AdmissionState.ADMITTED, admitted.state());
    assertEquals("has GPU quota, starting", admitted.sentence());
    assertFalse(admitted.podsReady());

    own.is("PodsReady", "True", "Started", "", 9);
    assertEquals("has GPU quota, and is ready", admission(own, quota(4, 1, "")).sentence());
  }

  @Test
  void preemptedHoldsQuotaUntilItsPodEnded() {
    Workloads own = Workloads.pending("own", 5).is("QuotaReserved", "True", "", "", 6).is("Admitted", "True", "", "", 6)
        .is("Evicted", "True", "Preempted", "", 8).is("Preempted", "True", "InClusterQueue", "to make room", 8);
    Admission ending = admission(own, quota(1, 1, ""));
    assertEquals(AdmissionState.EVICTED, ending.state());
    assertTrue(ending.holdsQuota());
    assertEquals("lost its GPU quota to a more important request, ending", ending.sentence());

    own.is("QuotaReserved", "False", "Pending", "", 9).is("Admitted", "False", "NoReservation", "", 9)
        .is("Requeued", "True", "Preempted", "", 9);
    Admission queued = admission(own, quota(1, 1, ""), Workloads.pending("early", 1));
    assertEquals("lost its GPU quota to a more important request, waiting for GPU quota, position 2 of 2: "
        + "needs 1, 0 left", queued.sentence());
    assertEquals("InClusterQueue", queued.cause().reason());
    assertFalse(queued.holdsQuota());
  }

  @Test
  void pauseAfterATimeOut() {
    Workloads own = Workloads.pending("own", 5).is("Evicted", "True", "PodsReadyTimeout", "", 8)
        .is("Requeued", "False", "PodsReadyTimeout", "", 8);
    Admission admission = admission(own, quota(4, 0, ""));
    assertEquals(Optional.empty(), admission.place());
    assertEquals("lost its GPU quota because it did not become ready in time, waiting for GPU quota: "
        + "in a pause before it is queued again", admission.sentence());
  }

  @Test
  void finished() {
    Workloads own = Workloads.pending("own", 5).is("QuotaReserved", "True", "", "", 6).is("Admitted", "True", "", "", 6)
        .is("Finished", "True", "OwnerNotFound", "", 9);
    Admission admission = admission(own, quota(4, 0, ""));
    assertEquals(AdmissionState.FINISHED, admission.state());
    assertEquals("OwnerNotFound", admission.cause().reason());
    assertFalse(admission.holdsQuota());
  }

  @Test
  void needsAreKueuesOwnCountWhereItCounted() {
    Workloads own = Workloads.pending("own", 5);
    own.get().getSpec().podSets.getFirst().count = 3;
    assertEquals(Map.of(GPU, new Quantity("3")), admission(own, null).needs());
    WorkloadStatus.Request request = new WorkloadStatus.Request();
    request.resources.put(GPU, new Quantity("4"));
    request.resources.put("memory", new Quantity("1Gi"));
    own.get().getStatus().resourceRequests.add(request);
    assertEquals(Map.of(GPU, new Quantity("4"), "memory", new Quantity("1Gi")), admission(own, null).needs());
  }

  @Test
  void aPodWithoutGpuIsToldOfItsOwnShortage() {
    Admission admission = AdmissionRule.admission(Workloads.pending("own", 5).asking("cpu", "1500m").get(), List.of(),
        Optional.of("serving"), Optional.of(cpuQuota()));
    assertEquals("waiting for quota, position 1 of 1: needs 1.5 cpu, 1 left", admission.sentence());
  }

  private static QuotaView cpuQuota() {
    ClusterQueue queue = Yaml.read(ClusterQueue.class, """
        metadata: {name: serving}
        spec:
          resourceGroups:
          - coveredResources: [cpu]
            flavors: [{name: h100, resources: [{name: cpu, nominalQuota: "4"}]}]
        status:
          flavorsReservation: [{name: h100, resources: [{name: cpu, total: "3"}]}]
        """);
    ResourceFlavor flavor = Yaml.read(ResourceFlavor.class, "metadata: {name: h100}\n");
    return new Quotas(List.of(queue), List.of(), List.of(flavor)).view("serving").orElseThrow();
  }
}
