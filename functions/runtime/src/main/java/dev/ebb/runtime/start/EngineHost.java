package dev.ebb.runtime.start;

import dev.ebb.engine.EngineObserver;
import dev.ebb.runtime.config.EbbConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Holds the engine, which comes up in the background so that the process is live at once. */
@Singleton
public class EngineHost {
  private static final Logger LOG = Logger.getLogger(EngineHost.class);

  private static final long WATCH_MS = 500;

  private final EngineStart start;
  private final StartStages stages = new StartStages();
  private final ProcessEnd end;
  private Thread keeper;
  private RunningEngine running;
  private StartFailure failure;
  private boolean stopped;

  @Inject
  public EngineHost(EbbConfig config, EngineObserver observer, ProcessEnd end) {
    this.end = end;
    start = new EngineStart(config, stages, observer);
  }

  void onStart(@Observes StartupEvent event) {
    stages.sinceProcessStart(StartStages.JVM);
    keeper = Thread.ofPlatform().name("ebb-start").daemon().start(this::bringUp);
  }

  private void bringUp() {
    try {
      up(start.run());
    } catch (StartException e) {
      LOG.debug("start failed", e);
      failed(e.failure(), e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("unexpected failure", e);
      failed(StartFailure.INTERNAL, e.toString());
    }
  }

  private void up(RunningEngine engine) {
    synchronized (this) {
      if (stopped) {
        engine.close();
        return;
      }
      running = engine;
    }
    stages.sinceProcessStart(StartStages.READY);
    LOG.infof("ready: %s", stages);
    watch(engine);
  }

  /** Stays on this thread, since nobody calls when a backend is lost. */
  private void watch(RunningEngine engine) {
    try {
      while (engine.engine().healthy()) {
        Thread.sleep(WATCH_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    failed(StartFailure.BACKEND_LOST, "the backend is lost; this process ends so that another can take its place");
  }

  private void failed(StartFailure why, String sentence) {
    synchronized (this) {
      if (stopped) {
        return;
      }
      failure = why;
    }
    LOG.errorf("cannot %s (%s): %s", why == StartFailure.BACKEND_LOST ? "go on" : "start", why, sentence);
    end.exit(why.exitCode());
  }

  void onStop(@Observes ShutdownEvent event) {
    RunningEngine engine;
    synchronized (this) {
      stopped = true;
      engine = running;
      running = null;
    }
    if (engine != null) {
      keeper.interrupt();
      engine.close();
    }
  }

  /** The engine once it is up, until the process stops. */
  public synchronized Optional<RunningEngine> engine() {
    return Optional.ofNullable(running);
  }

  /** Why there will be no engine, where the start failed. */
  public synchronized Optional<StartFailure> failure() {
    return Optional.ofNullable(failure);
  }

  /** Times of the start so far. */
  public StartStages stages() {
    return stages;
  }
}
