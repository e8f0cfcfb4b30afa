package dev.ebb.engine;

import dev.ebb.engine.EngineUnavailableException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Where callers leave requests and cancellations for the engine thread. */
final class Mailbox {

  /** What came since the last look. */
  record Mail(List<Generation> arrived, List<Generation> cancelled) {
    boolean isEmpty() {
      return arrived.isEmpty() && cancelled.isEmpty();
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final AtomicLong arrivals = new AtomicLong();
  private List<Generation> arrived = new ArrayList<>();
  private List<Generation> cancelled = new ArrayList<>();
  private boolean idle = true;
  private Reason refusal;

  long nextArrival() {
    return arrivals.getAndIncrement();
  }

  void deliver(Generation generation) {
    lock.lock();
    try {
      if (refusal != null) {
        throw new EngineUnavailableException(refusal, switch (refusal) {
          case DRAINING -> "the engine finishes its work and takes no more: ask another one";
          case UNHEALTHY -> "the engine has lost its backend: restart the process";
          case CLOSED -> "the engine is closed";
        });
      }
      arrived.add(generation);
      idle = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void cancel(Generation generation) {
    lock.lock();
    try {
      cancelled.add(generation);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Requests that the engine thread has not seen yet. */
  int arrivals() {
    lock.lock();
    try {
      return arrived.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes all mail, waiting for some at most {@code wait}.
   *
   * @param nothingElse whether the engine has no other work, so that it is idle without mail
   */
  Mail take(boolean nothingElse, Duration wait) {
    lock.lock();
    try {
      if (nothingElse && arrived.isEmpty()) {
        idle(true);
      }
      long left = wait.toNanos();
      while (left > 0 && arrived.isEmpty() && cancelled.isEmpty() && refusal != Reason.CLOSED) {
        left = await(left);
      }
      Mail mail = new Mail(arrived, cancelled);
      arrived = new ArrayList<>();
      cancelled = new ArrayList<>();
      return mail;
    } finally {
      lock.unlock();
    }
  }

  private long await(long nanos) {
    try {
      return changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // Nothing interrupts the engine thread; waking early does no harm.
      return 0;
    }
  }

  void idle(boolean now) {
    lock.lock();
    try {
      idle = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses more and waits until there is no work. */
  boolean drain(Duration timeout) {
    lock.lock();
    try {
      refusal = refusal == null ? Reason.DRAINING : refusal;
      long left = timeout.toNanos();
      while (!idle && left > 0) {
        left = changed.awaitNanos(left);
      }
      return idle;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  void close(Reason reason) {
    lock.lock();
    try {
      refusal = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    lock.lock();
    try {
      return refusal == Reason.CLOSED;
    } finally {
      lock.unlock();
    }
  }
}
