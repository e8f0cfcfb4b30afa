package dev.ebb.runtime.work;

import io.vertx.ext.web.RoutingContext;

/** The client of one request, who may leave before the answer is there. Thread-safe. */
public final class Caller {
  private static final String KEY = Caller.class.getName();

  private Runnable whenGone = () -> { };
  private boolean gone;

  private Caller() {}

  /** Watches a request's connection from now on. */
  public static Caller watch(RoutingContext context) {
    Caller caller = new Caller();
    context.put(KEY, caller);
    context.addEndHandler(ended -> {
      if (ended.failed()) {
        caller.left();
      }
    });
    return caller;
  }

  /** The caller of a request that {@link #watch} saw; one who never leaves for any other. */
  public static Caller of(RoutingContext context) {
    Caller caller = context == null ? null : context.get(KEY);
    return caller == null ? new Caller() : caller;
  }

  /** Runs {@code action} when the caller leaves, at once if that has happened. */
  public void whenGone(Runnable action) {
    synchronized (this) {
      if (!gone) {
        whenGone = action;
        return;
      }
    }
    action.run();
  }

  private void left() {
    Runnable action;
    synchronized (this) {
      if (gone) {
        return;
      }
      gone = true;
      action = whenGone;
    }
    action.run();
  }
}
