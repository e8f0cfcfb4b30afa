package dev.ebb.router.retry;

/**
 * Which failures of a call are tried again.
 *
 * @param crashesAtMost attempts lost with their function that are made up for
 * @param refusalsAtMost answers "not now" (draining, not ready) that are waited out
 */
public record RetryPolicy(int crashesAtMost, int refusalsAtMost) {

  /** What became of an attempt. */
  public enum Failure {
    /** The connection broke or the function ended without finishing its answer. */
    CRASHED,
    /** The function took no new work just then; nothing was computed. */
    NOT_NOW,
    /** An error that another attempt would meet again. */
    FINAL
  }

  /** One retry after a crash; a function that drains or starts is waited for. */
  public static RetryPolicy standard() {
    return new RetryPolicy(1, 20);
  }

  /** A fresh count for one request. */
  public Attempts attempts() {
    return new Attempts(this);
  }

  /** The attempts of one request; confined to its thread. */
  public static final class Attempts {
    private final RetryPolicy policy;
    private int crashes;
    private int refusals;

    private Attempts(RetryPolicy policy) {
      this.policy = policy;
    }

    /** Counts a failure and says whether to try again. */
    public boolean again(Failure failure) {
      return switch (failure) {
        case CRASHED -> ++crashes <= policy.crashesAtMost;
        case NOT_NOW -> ++refusals <= policy.refusalsAtMost;
        case FINAL -> false;
      };
    }

    /** Failures so far; names an attempt. */
    public int count() {
      return crashes + refusals;
    }
  }
}
