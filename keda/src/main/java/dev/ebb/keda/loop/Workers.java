package dev.ebb.keda.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** Threads that work a queue off, for as long as this replica leads. */
final class Workers {
  private static final System.Logger LOG = System.getLogger(Workers.class.getName());
  private static final long STOP_LIMIT_MS = 5_000;

  private final WorkQueue queue;
  private final Predicate<String> work;
  private final int count;
  private List<Thread> threads = List.of();
  private AtomicBoolean stopped = new AtomicBoolean();

  /** Prepares {@code count} threads; {@code work} says whether it succeeded. */
  Workers(WorkQueue queue, int count, Predicate<String> work) {
    this.queue = queue;
    this.work = work;
    this.count = count;
  }

  synchronized void start() {
    // One of its own for each start, so that a thread that was slow to stop does not go on with the next.
    AtomicBoolean stop = new AtomicBoolean();
    stopped = stop;
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      started.add(Thread.ofPlatform().name("reconcile-" + i).daemon().start(() -> run(stop)));
    }
    threads = List.copyOf(started);
  }

  /** Stops taking work and waits for what is under way; what takes too long is cut off, and found as a difference. */
  synchronized void stop() {
    stopped.set(true);
    queue.wake();
    for (Thread thread : threads) {
      try {
        thread.join(STOP_LIMIT_MS);
        thread.interrupt();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    threads = List.of();
  }

  private void run(AtomicBoolean stop) {
    try {
      Optional<String> name = queue.take(stop::get);
      while (name.isPresent()) {
        work(name.get());
        name = queue.take(stop::get);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The name is done with whatever happens, or nobody would ever look at it again. */
  private void work(String name) {
    boolean succeeded = false;
    try {
      succeeded = succeeded(name);
    } finally {
      queue.done(name, succeeded);
    }
  }

  /**
   * One object that cannot be handled must not stop the others, also where it fails by an error: a stack that it
   * overflows is whole again. Where memory is at its end, or the JVM itself fails, nobody knows which thread of the
   * watches or of the lease was hit, too; that is for {@link Main} to end, so that another replica leads.
   */
  private boolean succeeded(String name) {
    try {
      return work.test(name);
    } catch (Throwable e) {
      if (Main.ends(e)) {
        throw e;
      }
      LOG.log(System.Logger.Level.ERROR, name, e);
      return false;
    }
  }
}
