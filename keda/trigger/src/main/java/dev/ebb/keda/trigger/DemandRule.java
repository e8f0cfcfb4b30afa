package dev.ebb.keda.trigger;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * When a thing runs, how many of it, and when it may stop: what KEDA and the HPA behind it come to for one trigger, for
 * where there is neither. Left out is what only damps: HPA's tolerance of a tenth and its window for scaling down.
 *
 * @param activationThreshold demand strictly above which one must run
 * @param threshold demand that one replica carries, above 0
 * @param cooldown time without demand before the last one stops
 * @param min replicas kept without demand, at least 0
 * @param max replicas at most, at least 1 and at least {@code min}
 */
public record DemandRule(double activationThreshold, double threshold, Duration cooldown, int min, int max) {
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
    if (min < 0 || max < Math.max(1, min)) {
      throw new IllegalArgumentException("a rule needs 0 <= min <= max and max >= 1, not " + min + ", " + max);
    }
  }

  /** Whether this demand wakes. */
  public boolean wakes(double demand) {
    return demand > activationThreshold;
  }

  /** Whether the cooldown is over: the last one may stop. */
  public boolean idle(Duration sinceDemand) {
    return sinceDemand.compareTo(cooldown) >= 0;
  }

  /**
   * Replicas wanted. Demand that is not known holds what runs: neither a wake nor a stop may rest on ignorance.
   *
   * @param demand the sum over all callers, empty where it could not be read
   * @param running replicas now
   * @param sinceDemand since demand was last above the activation threshold
   */
  public int replicas(OptionalDouble demand, int running, Duration sinceDemand) {
    if (demand.isEmpty() || Double.isNaN(demand.getAsDouble())) {
      return Math.clamp(running, min, max);
    }
    boolean sleeps = !wakes(demand.getAsDouble()) && min == 0 && (running == 0 || idle(sinceDemand));
    return sleeps ? 0 : carrying(demand.getAsDouble());
  }

  /** Once it runs, demand is shared out whether or not it would wake. */
  private int carrying(double demand) {
    double carried = Math.ceil(demand / threshold);
    return Math.clamp((long) Math.min(carried, Integer.MAX_VALUE), Math.max(1, min), max);
  }
}
