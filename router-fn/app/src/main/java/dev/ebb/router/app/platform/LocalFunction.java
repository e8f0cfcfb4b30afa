package dev.ebb.router.app.platform;

import dev.ebb.router.function.FunctionLifecycle;
import dev.ebb.router.function.FunctionLifecycle.Verdict;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.HangWatch;
import dev.ebb.router.function.LifecycleLimits;
import dev.ebb.router.function.Phase;
import dev.ebb.router.request.Refusal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One function process of the local platform. All that changes its state happens on one thread of its own; requests
 * read {@link #available} and, when there is none, park.
 */
final class LocalFunction {
  private static final Logger LOG = Logger.getLogger(LocalFunction.class);
  private static final long BUSY_MS = 20;
  private static final long QUIET_MS = 250;
  /** Exit codes with which a function says that starting it again cannot help. */
  private static final int FOR_GOOD_FIRST = 20;
  private static final int FOR_GOOD_LAST = 26;
  private static final int SIGKILL = 9;
  private static final int SIGNAL_CODE_BASE = 128;

  private final Phase phase;
  private final ProcessLauncher launcher;
  private final BooleanSupplier needed;
  private final BooleanSupplier wanted;
  private final LongSupplier clockMs;
  private final FunctionLifecycle lifecycle;
  private final HangWatch hangWatch;
  private final WaitingRoom room;
  private final ScheduledExecutorService thread;
  private final AtomicLong starts = new AtomicLong();
  private final AtomicLong crashes = new AtomicLong();

  private volatile Endpoint available;
  private volatile FunctionState state = FunctionState.STOPPED;
  private volatile boolean closing;
  private Process process;
  private Endpoint endpoint;
  private boolean suspected;
  private long logStart;
  private long startedMs;
  private ScheduledFuture<?> next;

  /**
   * @param needed whether requests wait for or use the function
   * @param wanted whether it should run
   */
  LocalFunction(Phase phase, ProcessLauncher launcher, LifecycleLimits limits, HangWatch hangWatch, int parkedMax,
      BooleanSupplier needed, BooleanSupplier wanted, LongSupplier clockMs) {
    this.phase = phase;
    this.launcher = launcher;
    this.needed = needed;
    this.wanted = wanted;
    this.clockMs = clockMs;
    this.hangWatch = hangWatch;
    lifecycle = new FunctionLifecycle(limits);
    room = new WaitingRoom(phase, parkedMax);
    thread = Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().daemon().name("function-" + phase.label()).factory());
    next = thread.schedule(this::turn, QUIET_MS, TimeUnit.MILLISECONDS);
  }

  CompletableFuture<Endpoint> ready() {
    Endpoint now = available;
    if (now != null) {
      return CompletableFuture.completedFuture(now);
    }
    return room.enter(this::turnNow);
  }

  /** Looks at everything again at once. */
  void turnNow() {
    try {
      thread.execute(this::turn);
    } catch (RejectedExecutionException e) {
      room.close();
    }
  }

  /** A call to it broke: gives it out again only after it answered a probe. */
  void suspect(Endpoint broken) {
    if (broken.equals(available)) {
      available = null;
    }
    try {
      thread.execute(() -> {
        suspected |= broken.equals(endpoint);
        turn();
      });
    } catch (RejectedExecutionException e) {
      LOG.debugf("%s suspected while the router ends", phase.label());
    }
  }

  FunctionState state() {
    return state;
  }

  int parked() {
    return room.waiting();
  }

  long starts() {
    return starts.get();
  }

  long crashes() {
    return crashes.get();
  }

  /** Asks it to end, without waiting. */
  void beginClose() {
    closing = true;
    turnNow();
  }

  /** Waits for its end; kills it when that takes longer than {@code limitMs}. */
  void awaitClosed(long limitMs) throws InterruptedException {
    long end = clockMs.getAsLong() + limitMs;
    while (state != FunctionState.STOPPED && state != FunctionState.FAILED && clockMs.getAsLong() < end) {
      Thread.sleep(BUSY_MS);
    }
    thread.shutdownNow();
    thread.awaitTermination(1, TimeUnit.SECONDS);
    Process left = process;
    if (left != null && left.isAlive()) {
      left.destroyForcibly().waitFor(2, TimeUnit.SECONDS);
    }
    room.close();
  }

  private void turn() {
    try {
      observe();
      act();
      publish();
    } catch (RuntimeException e) {
      LOG.errorf(e, "the %s function could not be looked after", phase.label());
    } finally {
      next.cancel(false);
      boolean busy = state == FunctionState.STARTING || state == FunctionState.DRAINING || suspected
          || room.waiting() > 0;
      if (!thread.isShutdown()) {
        next = thread.schedule(this::turn, busy ? BUSY_MS : QUIET_MS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Takes note of what happened to the process. */
  private void observe() {
    if (process == null) {
      return;
    }
    if (!process.isAlive()) {
      ended(process.exitValue());
    } else if (lifecycle.state() == FunctionState.STARTING && ReadyProbe.isReady(endpoint)) {
      lifecycle.ready(clockMs.getAsLong());
      hangWatch.restart(clockMs.getAsLong());
      LOG.infof("%s is ready after %d ms", phase.label(), clockMs.getAsLong() - startedMs);
    } else if (lifecycle.state() == FunctionState.READY) {
      boolean due = hangWatch.due(clockMs.getAsLong(), needed.getAsBoolean());
      if (due || suspected) {
        endWhenHung();
      }
    }
  }

  /**
   * A process that answers nobody keeps its requests for ever; its end lets them be sent once more. A suspected one is
   * given out again when it answers, and is hung like any other when it does not.
   */
  private void endWhenHung() {
    boolean answers = ReadyProbe.isReady(endpoint);
    suspected &= !answers;
    if (hangWatch.probed(clockMs.getAsLong(), answers)) {
      LOG.warnf("%s does not answer any more and is killed", phase.label());
      available = null;
      process.destroyForcibly();
    }
  }

  private void ended(int code) {
    boolean asked = lifecycle.state() == FunctionState.DRAINING;
    boolean wasReady = lifecycle.state() == FunctionState.READY;
    String why = asked ? "" : describe(code, wasReady);
    if (!asked) {
      crashes.incrementAndGet();
      LOG.warn(why);
    } else {
      LOG.infof("%s has stopped", phase.label());
    }
    gone(why, code >= FOR_GOOD_FIRST && code <= FOR_GOOD_LAST);
  }

  private String describe(int code, boolean wasReady) {
    String how = "The " + phase.label() + " function " + (wasReady ? "ended by itself" : "does not start");
    if (code > SIGNAL_CODE_BASE) {
      // A store into a mapped file for which the disk has no room ends a process so.
      int signal = code - SIGNAL_CODE_BASE;
      return how + ": signal " + signal + (signal == SIGKILL ? ", somebody's or, for lack of memory, the kernel's" : "")
          + launcher.fullDisk();
    }
    return how + " (exit status " + code + "): " + LogTail.reason(launcher.log(phase), logStart);
  }

  private void gone(String why, boolean forGood) {
    process = null;
    endpoint = null;
    suspected = false;
    lifecycle.exited(clockMs.getAsLong(), why, forGood);
    try {
      launcher.forget(phase);
    } catch (IOException e) {
      LOG.warnf("the pid file of %s could not be removed: %s", phase.label(), e.getMessage());
    }
  }

  private void act() {
    long now = clockMs.getAsLong();
    if (closing) {
      carryOut(lifecycle.drain(now));
    }
    boolean want = wanted.getAsBoolean();
    if (!want && lifecycle.state() == FunctionState.READY) {
      // A request may have raised demand since and read the address; after this line it can no longer.
      available = null;
      want = wanted.getAsBoolean();
    }
    carryOut(lifecycle.tick(now, !closing && needed.getAsBoolean(), !closing && want));
  }

  private void carryOut(FunctionLifecycle.Action action) {
    switch (action) {
      case NONE -> { }
      case START -> start();
      case STOP -> {
        available = null;
        process.destroy();
      }
      case KILL -> {
        LOG.warnf("%s took too long and is killed", phase.label());
        process.destroyForcibly();
      }
    }
  }

  private void start() {
    starts.incrementAndGet();
    startedMs = clockMs.getAsLong();
    logStart = LogTail.length(launcher.log(phase));
    try {
      ProcessLauncher.Started started = launcher.start(phase);
      process = started.process();
      endpoint = started.endpoint();
      LOG.infof("%s starts (pid %d, port %d)", phase.label(), process.pid(), endpoint.port());
      process.onExit().thenRun(this::turnNow);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      // The last is how Java says that it may have no further thread, which a started process needs.
      if (process != null) {
        process.destroyForcibly();
      }
      String fullDisk = launcher.fullDisk();
      String why = "The " + phase.label() + " function cannot be started: " + e.getMessage() + fullDisk;
      LOG.warn(why);
      gone(why, fullDisk.isEmpty());
    }
  }

  /** Makes the new state known and lets the waiting go on where it can. */
  private void publish() {
    state = lifecycle.state();
    available = state == FunctionState.READY && !suspected ? endpoint : null;
    if (available != null) {
      room.release(available);
    } else if (closing) {
      room.close();
    } else {
      lifecycle.verdict(clockMs.getAsLong()).ifPresent(this::refuseAll);
    }
  }

  private void refuseAll(Verdict verdict) {
    room.refuse(Refusal.later(
        Refusal.Kind.UNAVAILABLE, "function_unavailable", verdict.reason(), verdict.retryAfterMs()));
  }
}
