package dev.ebb.runtime.start;

import dev.ebb.runtime.config.EbbConfig;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/**
 * The ways in which this process ends: a stop signal, which lets running requests finish; the end of
 * its parent; a failed start.
 */
@Singleton
public class ProcessEnd {
  private static final Logger LOG = Logger.getLogger(ProcessEnd.class);
  private static final long EXIT_MS_MAX = 10_000;
  private static final int SIGNAL_CODE_BASE = 128;

  private final EbbConfig config;
  private final InFlight inFlight;
  private final Set<Signal> received = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private ParentWatch parent;

  @Inject
  ProcessEnd(EbbConfig config, InFlight inFlight) {
    this.config = config;
    this.inFlight = inFlight;
  }

  void onStart(@Observes StartupEvent event) {
    if (LaunchMode.current() != LaunchMode.NORMAL) {
      return; // in a test or in dev mode the process is not ours
    }
    Signal.handle(new Signal("TERM"), this::stop);
    Signal.handle(new Signal("INT"), this::stop);
    config.parentPid().ifPresent(pid -> parent = new ParentWatch(pid, () -> {
      LOG.warnf("process %d, which started this one, is gone; stopping", pid);
      exit(0);
    }));
  }

  void onStop(@Observes ShutdownEvent event) {
    if (parent != null) {
      parent.close();
    }
  }

  private void stop(Signal signal) {
    if (!received.add(signal)) {
      // Whoever asks twice does not want to wait. (Ctrl-C and then the router's SIGTERM are one wish.)
      Runtime.getRuntime().halt(SIGNAL_CODE_BASE + signal.getNumber());
    }
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    Thread.ofPlatform().name("ebb-drain").start(() -> {
      drain();
      exit(0);
    });
  }

  /** Refuses new requests and waits for those that run, within the limit of the settings. */
  public void drain() {
    inFlight.drain();
    int running = inFlight.requests();
    LOG.infof("draining: %d requests run, at most %d s", running, config.drainSeconds());
    try {
      if (!inFlight.awaitNone(config.drainSeconds() * 1000L)) {
        LOG.warnf("%d requests are cut off after %d s", inFlight.requests(), config.drainSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the process with a code; by force if it does not end by itself. */
  void exit(int code) {
    if (LaunchMode.current() != LaunchMode.NORMAL) {
      return;
    }
    Thread.ofPlatform().daemon().name("ebb-exit").start(() -> {
      try {
        Thread.sleep(EXIT_MS_MAX);
        Runtime.getRuntime().halt(code);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    Quarkus.asyncExit(code);
  }
}
