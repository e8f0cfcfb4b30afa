package dev.ebb.router.function;

/**
 * Notices that a function with work to do answers nobody any more, as one that the system has stopped or that waits for
 * itself. Not thread-safe: one owner, who probes the function when told to.
 */
public final class HangWatch {
  private final long probeEveryMs;
  private final long hungAfterMs;
  private long probedMs;
  private long answeredMs;

  /**
   * @param probeEveryMs time between two probes
   * @param hungAfterMs time without an answer after which the function counts as hung
   */
  public HangWatch(long probeEveryMs, long hungAfterMs) {
    this.probeEveryMs = probeEveryMs;
    this.hungAfterMs = hungAfterMs;
  }

  /** Whether to probe now; a function that nobody needs is left alone. */
  public boolean due(long nowMs, boolean needed) {
    if (!needed) {
      restart(nowMs);
    }
    return needed && nowMs - probedMs >= probeEveryMs;
  }

  /** Takes note of a probe; true when the function counts as hung. */
  public boolean probed(long nowMs, boolean answered) {
    probedMs = nowMs;
    if (answered) {
      answeredMs = nowMs;
    }
    return nowMs - answeredMs >= hungAfterMs;
  }

  /** Begins anew, as with a new process. */
  public void restart(long nowMs) {
    probedMs = nowMs;
    answeredMs = nowMs;
  }
}
