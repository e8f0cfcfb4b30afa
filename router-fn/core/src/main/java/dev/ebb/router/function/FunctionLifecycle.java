package dev.ebb.router.function;

import java.util.Optional;

/**
 * State machine of one function process. The owner calls {@link #tick} now and then and carries out what it
 * returns, and reports what happened by {@link #ready} and {@link #exited}. Not thread-safe: one owner.
 */
public final class FunctionLifecycle {

  /** What the owner is to do now. */
  public enum Action {
    NONE,
    START,
    STOP,
    KILL
  }

  /**
   * Why no request can be served for now.
   *
   * @param reason a sentence for the caller
   * @param retryAfterMs when another start is possible
   */
  public record Verdict(String reason, long retryAfterMs) {}

  private final LifecycleLimits limits;
  private FunctionState state = FunctionState.STOPPED;
  private long sinceMs;
  private long retryAtMs;
  private int failures;
  private boolean failedStarts;
  private boolean permanent;
  private String reason = "";
  private boolean killing;

  public FunctionLifecycle(LifecycleLimits limits) {
    this.limits = limits;
  }

  public FunctionState state() {
    return state;
  }

  /**
   * Decides what to do.
   *
   * @param needed whether requests wait for or use the function
   * @param wanted whether it should run: needed, or used a short while ago
   */
  public Action tick(long nowMs, boolean needed, boolean wanted) {
    return switch (state) {
      case STOPPED -> needed ? start(nowMs) : Action.NONE;
      // Only need starts a function again that fails to start: it must not keep failing for nobody.
      case FAILED -> (needed || (wanted && !failedStarts)) && nowMs >= retryAtMs ? start(nowMs) : Action.NONE;
      case STARTING -> nowMs - sinceMs >= limits.startMs() ? kill() : Action.NONE;
      case READY -> wanted ? Action.NONE : stop(nowMs);
      case DRAINING -> nowMs - sinceMs >= limits.stopMs() ? kill() : Action.NONE;
    };
  }

  /** The process answers its readiness check. */
  public void ready(long nowMs) {
    if (state == FunctionState.STARTING) {
      enter(FunctionState.READY, nowMs);
    }
  }

  /** Asks for an orderly end whatever the demand, as at the router's own end. */
  public Action drain(long nowMs) {
    return state == FunctionState.STARTING || state == FunctionState.READY ? stop(nowMs) : Action.NONE;
  }

  /**
   * The process ended, or could not be created.
   *
   * @param why a sentence, such as the last line it logged
   * @param forGood whether another start right away cannot help, as with a damaged model file: the next one waits for
   *     the longest back-off
   */
  public void exited(long nowMs, String why, boolean forGood) {
    if (state == FunctionState.DRAINING) {
      failures = 0;
      enter(FunctionState.STOPPED, nowMs);
      return;
    }
    boolean wasReady = state == FunctionState.READY;
    failures = wasReady && nowMs - sinceMs >= limits.stableMs() ? 1 : failures + 1;
    failedStarts = !wasReady;
    permanent = forGood && !wasReady;
    reason = why;
    retryAtMs = nowMs + (permanent ? limits.backoff().mostMs() : limits.backoff().delayMs(failures));
    enter(FunctionState.FAILED, nowMs);
  }

  /** Set while waiting is hopeless: the function fails to start, and its next start is not due. */
  public Optional<Verdict> verdict(long nowMs) {
    boolean hopeless = permanent || (failedStarts && failures >= limits.startsAtMost());
    return state == FunctionState.FAILED && hopeless && nowMs < retryAtMs
        ? Optional.of(new Verdict(reason, retryAtMs - nowMs))
        : Optional.empty();
  }

  private Action start(long nowMs) {
    enter(FunctionState.STARTING, nowMs);
    return Action.START;
  }

  private Action stop(long nowMs) {
    enter(FunctionState.DRAINING, nowMs);
    return Action.STOP;
  }

  private Action kill() {
    if (killing) {
      return Action.NONE;
    }
    killing = true;
    return Action.KILL;
  }

  private void enter(FunctionState next, long nowMs) {
    state = next;
    sinceMs = nowMs;
    killing = false;
  }
}
