package dev.ebb.kueue.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.resource.Workload;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class QueueOrderTest {
  private static List<String> ordered(Workloads... workloads) {
    return Stream.of(workloads).map(Workloads::get).sorted(new QueueOrder())
        .map((Workload workload) -> workload.getMetadata().getName()).toList();
  }

  @Test
  void priorityThenTimeThenUid() {
    assertEquals(List.of("high", "early", "late-a", "late-b", "low"), ordered(
        Workloads.pending("late-b", 5), Workloads.pending("late-a", 5), Workloads.pending("early", 1),
        Workloads.pending("low", 0).priority(-1), Workloads.pending("high", 9).priority(10)));
  }

  @Test
  void timeOutSendsToTheBackAndPreemptionDoesNot() {
    Workloads slow = Workloads.pending("slow", 1).is("Evicted", "True", "PodsReadyTimeout", "", 8);
    Workloads pushed = Workloads.pending("pushed", 2).is("Evicted", "True", "Preempted", "", 9);
    Workloads checked = Workloads.pending("checked", 0).is("Evicted", "True", "AdmissionCheck", "", 7);
    assertEquals(List.of("pushed", "other", "checked", "slow"),
        ordered(slow, checked, pushed, Workloads.pending("other", 3)));
  }

  @Test
  void evictionThatIsOverCountsNoMore() {
    Workloads again = Workloads.pending("again", 1).is("Evicted", "False", "PodsReadyTimeout", "", 8);
    assertEquals(List.of("again", "other"), ordered(Workloads.pending("other", 3), again));
  }

  @Test
  void pendingIsWhoCouldBeGivenQuota() {
    assertTrue(QueueOrder.pending(Workloads.pending("w", 0).get()));
    assertTrue(QueueOrder.pending(Workloads.pending("w", 0).is("Requeued", "True", "Preempted", "", 1).get()));
    assertFalse(QueueOrder.pending(Workloads.pending("w", 0).is("QuotaReserved", "True", "", "", 1).get()));
    assertFalse(QueueOrder.pending(Workloads.pending("w", 0).is("Finished", "True", "", "", 1).get()));
    assertFalse(QueueOrder.pending(Workloads.pending("w", 0).is("Requeued", "False", "PodsReadyTimeout", "", 1).get()));
    assertFalse(QueueOrder.pending(Workloads.pending("w", 0).inactive().get()));
  }

  @Test
  void oneThatGoesIsNotPending() {
    Workload workload = Workloads.pending("w", 0).get();
    workload.getMetadata().setDeletionTimestamp(Workloads.time(1));
    assertFalse(QueueOrder.pending(workload));
  }
}
