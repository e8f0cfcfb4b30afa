package dev.ebb.keda.trigger;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;

/**
 * When a thing runs, how many of it, and when it may stop: what KEDA does with a trigger, for where there is no KEDA.
 *
 * @param activationThreshold demand strictly above which one must run
 * @param threshold demand that one replica carries, above 0
 * @param cooldown time without demand before the last one stops
 */
public record DemandRule(double activationThreshold, double threshold, Duration cooldown) {
  /**
   * Checks the rule.
   *
   * @throws IllegalArgumentException where a number or time is out of its range
   */
  public DemandRule {
    if (!(activationThreshold >= 0) || !(threshold > 0) || cooldown.isNegative()) {
      throw new IllegalArgumentException("a rule needs activationThreshold >= 0, threshold > 0, cooldown >= 0, not "
          + activationThreshold + ", " + threshold + ", " + cooldown);
    }
  }

  /** Whether this demand wakes. */
  public boolean wakes(double demand) {
    return demand > activationThreshold;
  }

  /** Whether the cooldown is over: the last one may stop. */
  public boolean idle(Instant lastDemand, Instant now) {
    return !now.isBefore(lastDemand.plus(cooldown));
  }

  /**
   * Replicas wanted. Demand that is not known holds what runs: neither a wake nor a stop may rest on ignorance.
   *
   * @param demand the sum over all callers, empty where it could not be read
   * @param running replicas now
   * @param lastDemand when demand was last above the activation threshold
   */
  public int replicas(OptionalDouble demand, int running, int min, int max, Instant lastDemand, Instant now) {
    if (demand.isEmpty() || Double.isNaN(demand.getAsDouble())) {
      return Math.clamp(running, min, max);
    }
    if (wakes(demand.getAsDouble())) {
      double carried = Math.ceil(demand.getAsDouble() / threshold);
      return Math.clamp((long) Math.min(carried, Integer.MAX_VALUE), Math.max(1, min), Math.max(1, max));
    }
    int rest = idle(lastDemand, now) ? 0 : Math.min(1, running);
    return Math.clamp(rest, min, max);
  }
}
