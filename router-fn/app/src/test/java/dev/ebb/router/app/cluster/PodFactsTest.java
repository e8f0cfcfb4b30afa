package dev.ebb.router.app.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PodFactsTest {
  /** On a node that lost its power a pod that is deleted stays, since nobody there says that it has ended. */
  @Test
  void aPodThatShouldHaveEndedAWhileAgoIsPastItsEnd() {
    Instant end = Instant.parse("2026-11-29T12:00:00Z");
    Pod pod = new PodBuilder().withNewMetadata().withDeletionTimestamp(end.toString()).endMetadata().build();
    assertFalse(PodFacts.pastItsEnd(pod, end.minusSeconds(20).toEpochMilli()), "it may drain");
    assertFalse(PodFacts.pastItsEnd(pod, end.plusSeconds(20).toEpochMilli()), "clocks differ");
    assertTrue(PodFacts.pastItsEnd(pod, end.plusSeconds(40).toEpochMilli()));
    Pod alive = new PodBuilder().withNewMetadata().endMetadata().build();
    assertFalse(PodFacts.pastItsEnd(alive, end.toEpochMilli()));
  }
}
