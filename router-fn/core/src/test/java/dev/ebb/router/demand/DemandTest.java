package dev.ebb.router.demand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.trigger.DemandRule;
import dev.ebb.router.demand.Demand.Claim;
import dev.ebb.router.function.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DemandTest {
  private final AtomicLong now = new AtomicLong(5_000);
  private final Demand demand = new Demand(List.of("m"), now::get);

  @Test
  void countersExistAtZero() {
    for (Phase phase : Phase.values()) {
      assertEquals(0, demand.value("m", phase));
      assertEquals(0, demand.wakes("m", phase));
    }
    assertThrows(IllegalArgumentException.class, () -> demand.value("other", Phase.DECODE));
  }

  @Test
  void wakesWhenItLeavesZeroAndOnlyThen() {
    List<Phase> woken = new ArrayList<>();
    demand.onWake((model, phase) -> woken.add(phase));
    Claim first = demand.raise("m", Phase.DECODE);
    Claim second = demand.raise("m", Phase.DECODE);
    demand.raise("m", Phase.PREFILL);
    assertEquals(List.of(Phase.DECODE, Phase.PREFILL), woken);
    first.close();
    second.close();
    demand.raise("m", Phase.DECODE);
    assertEquals(2, demand.wakes("m", Phase.DECODE));
  }

  @Test
  void everyListenerIsTold() {
    List<String> told = new ArrayList<>();
    demand.onWake((model, phase) -> told.add("first"));
    demand.onWake((model, phase) -> told.add("second"));
    demand.raise("m", Phase.DECODE);
    assertEquals(List.of("first", "second"), told);
  }

  @Test
  void withheldDemandIsHiddenUntilItIsShownAgainAndThenWakes() {
    List<Phase> woken = new ArrayList<>();
    demand.onWake((model, phase) -> woken.add(phase));
    demand.withhold("m", Phase.PREFILL, true);
    Claim claim = demand.raise("m", Phase.PREFILL);
    assertEquals(0, demand.value("m", Phase.PREFILL));
    assertEquals(1, demand.claims("m", Phase.PREFILL));
    assertFalse(wanted(Phase.PREFILL, 0));
    demand.withhold("m", Phase.PREFILL, false);
    assertEquals(1, demand.value("m", Phase.PREFILL));
    assertEquals(List.of(Phase.PREFILL), woken);
    demand.withhold("m", Phase.PREFILL, false);
    assertEquals(1, demand.wakes("m", Phase.PREFILL), "showing what is shown wakes nobody");
    claim.close();
    assertEquals(0, demand.claims("m", Phase.PREFILL));
  }

  @Test
  void aClaimCountsOnceHoweverOftenItIsClosed() {
    Claim claim = demand.raise("m", Phase.DECODE);
    demand.raise("m", Phase.DECODE);
    claim.close();
    claim.close();
    assertEquals(1, demand.value("m", Phase.DECODE));
  }

  @Test
  void wantedWhileInUseAndForTheIdleTimeAfter() {
    Claim claim = demand.raise("m", Phase.DECODE);
    now.addAndGet(10_000);
    assertTrue(wanted(Phase.DECODE, 1_000));
    claim.close();
    now.addAndGet(999);
    assertTrue(wanted(Phase.DECODE, 1_000));
    now.addAndGet(1);
    assertFalse(wanted(Phase.DECODE, 1_000));
  }

  @Test
  void noIdleTimeMeansAtOnce() {
    Claim claim = demand.raise("m", Phase.DECODE);
    assertTrue(wanted(Phase.DECODE, 0));
    claim.close();
    assertFalse(wanted(Phase.DECODE, 0));
  }

  @Test
  void theIdleTimeStartsNothing() {
    demand.raise("m", Phase.DECODE).close();
    DemandRule rule = new DemandRule(0, 1, Duration.ofSeconds(1), 0, 1);
    assertEquals(0, demand.replicas("m", Phase.DECODE, rule, 0));
    assertEquals(1, demand.replicas("m", Phase.DECODE, rule, 1));
  }

  private boolean wanted(Phase phase, long idleMs) {
    return demand.replicas("m", phase, new DemandRule(0, 1, Duration.ofMillis(idleMs), 0, 1), 1) > 0;
  }
}
