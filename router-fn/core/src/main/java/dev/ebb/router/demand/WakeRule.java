package dev.ebb.router.demand;

/**
 * When a function should run: while there is demand, and for a while after the last of it.
 *
 * @param idleMs time without demand after which a function stops
 */
public record WakeRule(long idleMs) {

  public WakeRule {
    if (idleMs < 0) {
      throw new IllegalArgumentException("idle time must not be negative, got " + idleMs);
    }
  }

  /**
   * @param demand requests that wait for or use the function
   * @param lastUseMs when demand last fell to 0; ignored while there is demand
   */
  public boolean wanted(int demand, long lastUseMs, long nowMs) {
    return demand > 0 || nowMs - lastUseMs < idleMs;
  }
}
