package dev.ebb.router.function;

/**
 * Waiting time before a function is started again: doubles with every failure in a row.
 *
 * @param firstMs wait after the first failure
 * @param mostMs wait that is never exceeded
 */
public record Backoff(long firstMs, long mostMs) {

  public Backoff {
    if (firstMs < 1 || mostMs < firstMs) {
      throw new IllegalArgumentException("back-off needs 1 <= first <= most, got " + firstMs + " and " + mostMs);
    }
  }

  /**
   * @param failures failures in a row, at least 1
   */
  public long delayMs(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 30);
    return Math.min(mostMs, firstMs << doublings);
  }
}
