package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Revisions of which no route speaks: those that had traffic, and those that are yet to get some. */
class RoutingStateTest {
  private static final String MADE = "2026-01-01T00:00:00Z";

  private static ObjectMeta revision(String state, String modified) {
    return new ObjectMetaBuilder(Fixtures.revision(state).getMetadata()).withCreationTimestamp(MADE)
        .addToAnnotations(RoutingState.MODIFIED, modified).build();
  }

  @ParameterizedTest
  @CsvSource({"active, 2026-01-01T00:00:00Z, ACTIVE", "pending, 2026-01-01T00:00:00Z, PENDING",
      "reserve, 2026-01-01T00:00:00Z, SPARE", "reserve, 2026-01-01T00:00:19Z, SPARE",
      "reserve, 2026-01-01T00:00:20Z, RESERVE", "reserve, 2026-02-01T00:00:00Z, RESERVE",
      "reserve, yesterday, RESERVE", "another, 2026-01-01T00:00:00Z, UNKNOWN"})
  void theTimeOfTheLabelTellsWhetherARouteNamedIt(String label, String modified, RoutingState state) {
    assertEquals(state, RoutingState.of(revision(label, modified)));
  }

  @Test
  void withoutATimeAReserveHadTraffic() {
    assertEquals(RoutingState.RESERVE, RoutingState.of(Fixtures.revision("reserve").getMetadata()));
    assertEquals(RoutingState.UNKNOWN, RoutingState.of(new ObjectMeta()));
  }

  /** Traffic is pinned to others, as after a rollback: a new revision comes up, and then sleeps until it gets some. */
  @Test
  void aSpareRevisionStartsAndThenSleeps() {
    PodAutoscaler pa = Fixtures.podAutoscaler(Fixtures.annotations());
    Decision begun = decide(pa, RoutingState.SPARE, 0);
    assertInstanceOf(Scaling.Untouched.class, begun.scaling());
    assertTrue(begun.status().getConditions().stream()
        .noneMatch(condition -> condition.getStatus().equals("False")), "Serving would take it for failed");
    pa.setStatus(begun.status());
    Decision ready = decide(pa, RoutingState.SPARE, 1);
    assertTrue(assertInstanceOf(Scaling.Wanted.class, ready.scaling()).paused());
  }

  private static Decision decide(PodAutoscaler pa, RoutingState routing, int ready) {
    return Decide.on(new Observed(pa, Optional.of(Fixtures.serverlessService("True", 2, 2)),
        Optional.of(Fixtures.deployment(1, ready)), Optional.empty(), routing, false, Fixtures.SUITED, Instant.EPOCH));
  }
}
