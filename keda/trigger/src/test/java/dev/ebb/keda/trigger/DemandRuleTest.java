package dev.ebb.keda.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DemandRuleTest {
  private static DemandRule rule(double activation, int min) {
    return new DemandRule(activation, 4, Duration.ofSeconds(15), min, 3);
  }

  private static int replicas(DemandRule rule, double demand, int running, long idleS) {
    return rule.replicas(OptionalDouble.of(demand), running, Duration.ofSeconds(idleS));
  }

  @Test
  void onlyDemandAboveTheActivationThresholdWakes() {
    assertFalse(rule(2, 0).wakes(2));
    assertTrue(rule(2, 0).wakes(2.001));
  }

  @Test
  void demandIsSharedOutByTheThreshold() {
    assertEquals(1, replicas(rule(0, 0), 1, 0, 0));
    assertEquals(1, replicas(rule(0, 0), 4, 0, 0));
    assertEquals(2, replicas(rule(0, 0), 4.5, 0, 0));
    assertEquals(3, replicas(rule(0, 0), 1e300, 0, 0));
    assertEquals(2, replicas(rule(0, 2), 1, 0, 0));
  }

  @Test
  void theLastOneStaysThroughTheCooldown() {
    assertEquals(1, replicas(rule(0, 0), 0, 3, 14));
    assertEquals(0, replicas(rule(0, 0), 0, 1, 15));
    assertEquals(0, replicas(rule(0, 0), 0, 0, 1), "the cooldown wakes nothing");
    assertEquals(2, replicas(rule(0, 2), 0, 3, 1000), "min is kept without demand");
  }

  @Test
  void demandThatWouldNotWakeIsStillSharedOutWhileItRuns() {
    assertEquals(0, replicas(rule(9, 0), 8, 0, 1));
    assertEquals(2, replicas(rule(9, 0), 8, 1, 14));
    assertEquals(0, replicas(rule(9, 0), 8, 2, 15));
    assertEquals(2, replicas(rule(9, 1), 8, 1, 1000));
  }

  @Test
  void unknownDemandHoldsWhatRuns() {
    assertEquals(2, rule(0, 0).replicas(OptionalDouble.empty(), 2, Duration.ofDays(1)));
    assertEquals(0, replicas(rule(0, 0), Double.NaN, 0, 1000));
  }

  @Test
  void theRuleOfATriggerIsTheTriggers() {
    PrometheusTrigger trigger = new PrometheusTrigger("http://prom", "up", "4");
    assertEquals(rule(0, 1), trigger.rule(Duration.ofSeconds(15), 1, 3));
  }

  @Test
  void rulesThatCannotStandAreRefused() {
    refused(0, 0, Duration.ZERO, 0, 1);
    refused(-1, 1, Duration.ZERO, 0, 1);
    refused(Double.NaN, 1, Duration.ZERO, 0, 1);
    refused(0, 1, Duration.ofSeconds(-1), 0, 1);
    refused(0, 1, Duration.ZERO, -1, 1);
    refused(0, 1, Duration.ZERO, 0, 0);
    refused(0, 1, Duration.ZERO, 3, 2);
  }

  private static void refused(double activation, double threshold, Duration cooldown, int min, int max) {
    assertThrows(IllegalArgumentException.class, () -> new DemandRule(activation, threshold, cooldown, min, max));
  }
}
