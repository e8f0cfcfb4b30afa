package dev.ebb.runtime.health;

import dev.ebb.engine.Engine;
import dev.ebb.runtime.config.EbbConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/** Whether an engine that is up still works: its backend is there, and its steps end. */
@Singleton
class EngineAtWork {
  private static final Logger LOG = Logger.getLogger(EngineAtWork.class);

  private final Duration limit;
  private final AtomicBoolean told = new AtomicBoolean();

  @Inject
  EngineAtWork(EbbConfig config) {
    limit = Duration.ofSeconds(config.stepTimeoutSeconds());
  }

  boolean test(Engine engine) {
    boolean stuck = engine.stepTime().compareTo(limit) > 0;
    if (stuck && !told.getAndSet(true)) {
      LOG.errorf("a step of the engine takes longer than %d s (EBB_STEP_TIMEOUT_SECONDS): until it ends this"
          + " function is neither ready nor live", limit.toSeconds());
    }
    return engine.healthy() && !stuck;
  }
}
