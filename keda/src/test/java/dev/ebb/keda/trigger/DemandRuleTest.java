package dev.ebb.keda.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DemandRuleTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final DemandRule RULE = new DemandRule(0, 4, Duration.ofSeconds(15));

  private static int replicas(double demand, int running, int min, int max, long idleS) {
    return RULE.replicas(OptionalDouble.of(demand), running, min, max, T0, T0.plusSeconds(idleS));
  }

  @Test
  void onlyDemandAboveTheActivationThresholdWakes() {
    assertFalse(new DemandRule(2, 4, Duration.ZERO).wakes(2));
    assertTrue(new DemandRule(2, 4, Duration.ZERO).wakes(2.001));
  }

  @Test
  void demandIsSharedOutByTheThreshold() {
    assertEquals(1, replicas(1, 0, 0, 3, 0));
    assertEquals(1, replicas(4, 0, 0, 3, 0));
    assertEquals(2, replicas(4.5, 0, 0, 3, 0));
    assertEquals(3, replicas(1e300, 0, 0, 3, 0));
    assertEquals(2, replicas(1, 0, 2, 3, 0));
  }

  @Test
  void theLastOneStaysThroughTheCooldown() {
    assertEquals(1, replicas(0, 3, 0, 3, 14));
    assertEquals(0, replicas(0, 1, 0, 3, 15));
    assertEquals(0, replicas(0, 0, 0, 3, 1), "the cooldown wakes nothing");
    assertEquals(2, replicas(0, 3, 2, 3, 1000), "min is kept without demand");
  }

  @Test
  void unknownDemandHoldsWhatRuns() {
    assertEquals(2, RULE.replicas(OptionalDouble.empty(), 2, 0, 3, T0, T0.plusSeconds(1000)));
    assertEquals(0, RULE.replicas(OptionalDouble.of(Double.NaN), 0, 0, 3, T0, T0.plusSeconds(1000)));
  }

  @Test
  void theRuleOfATriggerIsTheTriggers() {
    PrometheusTrigger trigger = new PrometheusTrigger("http://prom", "up", "4");
    assertEquals(RULE, trigger.rule(Duration.ofSeconds(15)));
  }

  @Test
  void rulesThatCannotStandAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DemandRule(0, 0, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new DemandRule(-1, 1, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new DemandRule(Double.NaN, 1, Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> new DemandRule(0, 1, Duration.ofSeconds(-1)));
  }
}
