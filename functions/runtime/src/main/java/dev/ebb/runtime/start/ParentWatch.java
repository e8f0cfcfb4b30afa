package dev.ebb.runtime.start;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Notices the end of the process that started this one, so that no function outlives its router. */
public final class ParentWatch implements AutoCloseable {
  private static final long POLL_MS = 500;

  private final long pid;
  private final String identity;
  private final boolean wasParent;
  private final ScheduledExecutorService poll;

  /** Calls {@code whenGone} once when process {@code pid} is no more, or at once if there is none. */
  public ParentWatch(long pid, Runnable whenGone) {
    this.pid = pid;
    identity = identity(pid);
    wasParent = isParent();
    poll = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("ebb-parent-watch").factory());
    poll.scheduleWithFixedDelay(() -> {
      if (gone()) {
        poll.shutdown();
        whenGone.run();
      }
    }, 0, POLL_MS, TimeUnit.MILLISECONDS);
  }

  /**
   * A process that nobody has waited for still has an id, so for one's own parent the surest sign is
   * that it is the parent no longer; a start time tells a reused id.
   */
  private boolean gone() {
    return identity == null || wasParent && !isParent() || !identity.equals(identity(pid));
  }

  private boolean isParent() {
    return ProcessHandle.current().parent().map(parent -> parent.pid() == pid).orElse(false);
  }

  /** Start time of a living process; null for none and for a zombie. */
  private static String identity(long pid) {
    try {
      ProcStat stat = ProcStat.read(Long.toString(pid));
      return stat.state().equals("Z") ? null : Long.toString(stat.startTicks());
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    poll.shutdownNow();
  }
}
