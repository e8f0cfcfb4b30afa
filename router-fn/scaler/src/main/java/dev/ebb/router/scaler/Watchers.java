package dev.ebb.router.scaler;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All open streams, served by one thread: at once when demand rises, and in turns, since a push that was lost, or
 * that KEDA could not act upon, must not leave a request waiting for the next poll.
 */
final class Watchers implements AutoCloseable {
  static final long TURN_MS = 1_000;

  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("scaler").factory());
  private final Set<Watcher> open = new LinkedHashSet<>();
  /** Used by the thread alone. */
  private boolean closed;

  Watchers(long turnMs) {
    thread.scheduleAtFixedRate(() -> all(Watcher::turn), turnMs, turnMs, TimeUnit.MILLISECONDS);
  }

  /** The thread of a request does no more than this. */
  void risen() {
    run(() -> all(Watcher::risen));
  }

  /** A stream may still come while the server closes; it ends at once. */
  void add(Watcher watcher) {
    boolean taken = run(() -> {
      if (closed) {
        watcher.end();
      } else {
        open.add(watcher);
        one(watcher, Watcher::turn);
      }
    });
    if (!taken) {
      watcher.end();
    }
  }

  void remove(Watcher watcher) {
    run(() -> open.remove(watcher));
  }

  /** Streams open now; also after all that came before this call was done. */
  int count() throws Exception {
    return thread.submit(open::size).get();
  }

  private void all(Consumer<Watcher> action) {
    Set.copyOf(open).forEach(watcher -> one(watcher, action));
  }

  /** One stream that fails must not silence the others, nor end the turns. */
  private void one(Watcher watcher, Consumer<Watcher> action) {
    try {
      action.accept(watcher);
    } catch (RuntimeException e) {
      open.remove(watcher);
      watcher.fail(Failures.of(e));
    }
  }

  /** Whether it will be run; not where all is closed: the streams have ended or are about to. */
  private boolean run(Runnable task) {
    try {
      thread.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Ends all streams; KEDA then looks for another router. */
  @Override
  public void close() {
    run(() -> {
      closed = true;
      open.forEach(Watcher::end);
      open.clear();
    });
    thread.shutdown();
  }
}
