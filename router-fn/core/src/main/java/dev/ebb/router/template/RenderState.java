package dev.ebb.router.template;

import java.time.Clock;
import java.time.Duration;

/** One render: where variables are, what a loop was told, and what is left of the limits. */
final class RenderState {
  private static final int DEPTH_MAX = 64;
  private static final int TICKS_PER_LOOK = 64;

  /** How the pass of a loop goes on. */
  enum Signal {
    NONE,
    CONTINUE,
    BREAK
  }

  private final Clock clock;
  private final Duration timeMax;
  private final int charactersMax;
  private final long deadlineNanos;
  private Scope scope;
  private Signal signal = Signal.NONE;
  private int ticks;
  private int depth;

  RenderState(Scope scope, Duration timeMax, int charactersMax, Clock clock) {
    this.scope = scope;
    this.timeMax = timeMax;
    this.charactersMax = charactersMax;
    this.clock = clock;
    this.deadlineNanos = System.nanoTime() + timeMax.toNanos();
  }

  Clock clock() {
    return clock;
  }

  Scope scope() {
    return scope;
  }

  /** Makes a scope current and returns the one before. */
  Scope enter(Scope inner) {
    Scope before = scope;
    scope = inner;
    return before;
  }

  Signal signal() {
    return signal;
  }

  void signal(Signal next) {
    signal = next;
  }

  /** One step of work; called from everything that a template can repeat. */
  void tick() {
    if (++ticks % TICKS_PER_LOOK == 0 && System.nanoTime() - deadlineNanos > 0) {
      throw new TemplateException("rendering took longer than " + timeMax.toMillis() + " ms");
    }
  }

  /** Checks the length of a text or list that the template is about to make. */
  void checkLength(long length) {
    if (length > charactersMax) {
      throw new TemplateException("the result is larger than " + charactersMax + " characters");
    }
  }

  /** Counts nested macro calls. */
  void descend() {
    if (++depth > DEPTH_MAX) {
      throw new TemplateException("macros call one another more than " + DEPTH_MAX + " deep");
    }
  }

  void ascend() {
    depth--;
  }
}
