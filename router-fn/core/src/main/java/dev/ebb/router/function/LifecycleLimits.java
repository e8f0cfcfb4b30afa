package dev.ebb.router.function;

/**
 * How long a function may take, and how often it may fail.
 *
 * @param startMs from start to ready; then it is killed
 * @param stopMs from the request to stop to its end; then it is killed
 * @param stableMs after which a ready function's earlier failures are forgotten
 * @param startsAtMost failed starts in a row after which waiting requests are told instead of kept
 * @param backoff wait between starts
 */
public record LifecycleLimits(long startMs, long stopMs, long stableMs, int startsAtMost, Backoff backoff) {

  /** Limits for processes on one machine. */
  public static LifecycleLimits standard() {
    return new LifecycleLimits(120_000, 15_000, 30_000, 3, new Backoff(200, 30_000));
  }
}
