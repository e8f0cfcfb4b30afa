package dev.ebb.router.app.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Notices the end of the process that started the router, so that the router does not outlive it. */
final class ParentWatch implements AutoCloseable {
  private static final long POLL_MS = 500;
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  private final Path stat;
  private final String identity;
  private final ScheduledExecutorService poll = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("parent-watch").factory());

  private ParentWatch(long pid) {
    stat = Path.of("/proc", Long.toString(pid), "stat");
    identity = identity();
  }

  /** Calls {@code whenGone} once, when the process is no more. */
  static ParentWatch begin(long pid, Runnable whenGone) {
    ParentWatch watch = new ParentWatch(pid);
    watch.poll.scheduleWithFixedDelay(() -> {
      if (watch.identity == null || !watch.identity.equals(watch.identity())) {
        watch.poll.shutdown();
        whenGone.run();
      }
    }, 0, POLL_MS, TimeUnit.MILLISECONDS);
    return watch;
  }

  /** A process's start time tells a reused id; null for no process and for one that has ended. */
  private String identity() {
    try {
      String text = Files.readString(stat);
      // The command name, in parentheses, may hold spaces; the state is the first field after it.
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      return fields[STATE].equals("Z") ? null : fields[START_TIME];
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() {
    poll.shutdownNow();
  }
}
