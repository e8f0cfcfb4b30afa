package dev.ebb.router.retry;

/**
 * Which failures of a call are tried again. A request's own deadline bounds those that are tried without a limit.
 *
 * @param crashesAtMost attempts lost with their function that are made up for
 * @param refusalsAtMost answers "not now" (draining, not ready) that are waited out
 */
public record RetryPolicy(int crashesAtMost, int refusalsAtMost) {
  private static final long PAUSE_MS = 25;
  private static final long PAUSE_MS_MAX = 1_000;
  /** Refusals in a row that are met with the shortest pause, those of a function that is always on its way out too. */
  private static final int QUICK_REFUSALS = 4;

  /** What became of an attempt. */
  public enum Failure {
    /** The connection broke or the function ended without finishing its answer. */
    CRASHED,
    /** The function took no new work just then; nothing was computed. */
    NOT_NOW,
    /** Somebody on the way answered in the function's place, or nobody did: no function was reached. */
    NOT_REACHED,
    /** The function was taken away while it worked, as by a preemption. The request has no part in that. */
    TAKEN,
    /** An error that another attempt would meet again. */
    FINAL
  }

  /** One retry after a crash; a function that drains or starts is waited for. */
  public static RetryPolicy standard() {
    return new RetryPolicy(1, 20);
  }

  /** As {@link #standard}, where functions drain for long while others take over: waits as long as the request may. */
  public static RetryPolicy patient() {
    return new RetryPolicy(1, Integer.MAX_VALUE);
  }

  /** A fresh count for one request. */
  public Attempts attempts() {
    return new Attempts(this);
  }

  /** The attempts of one request; confined to its thread. */
  public static final class Attempts {
    private final RetryPolicy policy;
    private int failures;
    private int crashes;
    private int refusals;
    private int inARow;

    private Attempts(RetryPolicy policy) {
      this.policy = policy;
    }

    /** Counts a failure and says whether to try again. */
    public boolean again(Failure failure) {
      failures++;
      boolean refused = failure == Failure.NOT_NOW || failure == Failure.NOT_REACHED || failure == Failure.TAKEN;
      inARow = refused ? inARow + 1 : 0;
      return switch (failure) {
        case CRASHED -> ++crashes <= policy.crashesAtMost;
        case NOT_NOW -> ++refusals <= policy.refusalsAtMost;
        case NOT_REACHED, TAKEN -> true;
        case FINAL -> false;
      };
    }

    /**
     * The last attempt got further than any before it, so the crashes before were not made by this request's own
     * content: it would have crashed in the same place.
     */
    public void forgiveCrashes() {
      crashes = 0;
    }

    /** Time to wait before the next attempt, in ms: longer while attempts are refused one after the other. */
    public long pauseMs() {
      int doublings = Math.clamp(inARow - QUICK_REFUSALS, 0, 10);
      return Math.min(PAUSE_MS_MAX, PAUSE_MS << doublings);
    }

    /** Failures so far; names an attempt. */
    public int count() {
      return failures;
    }
  }
}
