package dev.ebb.kueue.admission;

import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Computes anew what was stirred, a burst once, and tells a listener the differences, by a thread of its own. */
final class Announcer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Announcer.class.getName());

  /** Kueue writes a Workload several times within some ms while it admits one. */
  private static final long BURST_MS = 20;
  private static final long CLOSE_MS = 5_000;

  private final Supplier<Map<String, PodAdmission>> standings;
  private final AdmissionListener listener;
  private final AtomicBoolean stirred = new AtomicBoolean();
  private final ScheduledExecutorService executor;
  private volatile Thread thread;
  private volatile boolean opened;
  private volatile boolean closed;
  private volatile Map<String, PodAdmission> current = Map.of();

  Announcer(Supplier<Map<String, PodAdmission>> standings, AdmissionListener listener) {
    this.standings = standings;
    this.listener = listener;
    var pool = new ScheduledThreadPoolExecutor(1, task -> {
      thread = Thread.ofPlatform().daemon().name("ebb-kueue-admission").unstarted(task);
      return thread;
    }, new ScheduledThreadPoolExecutor.DiscardPolicy());
    pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor = pool;
  }

  Map<String, PodAdmission> current() {
    return current;
  }

  /** Lets changes be told from now on. */
  void open() {
    opened = true;
    stir();
  }

  /** Something changed. Any thread may call it, and it returns at once. */
  void stir() {
    if (opened && stirred.compareAndSet(false, true)) {
      executor.schedule(this::tell, BURST_MS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    closed = true;
    executor.shutdown();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      executor.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell() {
    // Before the look, so that a change during it brings another.
    stirred.set(false);
    Map<String, PodAdmission> before = current;
    Map<String, PodAdmission> now;
    try {
      now = Map.copyOf(standings.get());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot tell where pods stand in Kueue's queues", e);
      return;
    }
    current = now;
    before.forEach((uid, last) -> told(() -> listener.gone(last), now.containsKey(uid)));
    now.forEach((uid, standing) -> told(() -> listener.changed(standing), standing.equals(before.get(uid))));
  }

  /** A listener that fails must not keep others, nor itself, from what comes later. */
  private void told(Runnable call, boolean unneeded) {
    if (unneeded || closed) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a listener to Kueue's admissions failed", e);
    }
  }
}
