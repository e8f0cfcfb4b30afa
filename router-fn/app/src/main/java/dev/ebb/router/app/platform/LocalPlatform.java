package dev.ebb.router.app.platform;

import dev.ebb.keda.trigger.DemandRule;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.Backoff;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.HangWatch;
import dev.ebb.router.function.LifecycleLimits;
import dev.ebb.router.function.Phase;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** Functions as processes on this machine: started on demand, stopped when idle. */
final class LocalPlatform implements Platform {
  private static final Logger LOG = Logger.getLogger(LocalPlatform.class);
  private static final long CLOSE_MS = 12_000;
  /** How often a working function is asked whether it still answers, and how long it may not. */
  private static final long PROBE_MS = 5_000;
  private static final long HUNG_MS = 30_000;

  private final Map<Phase, LocalFunction> functions = new EnumMap<>(Phase.class);

  LocalPlatform(RouterSettings settings, Demand demand, LongSupplier clockMs) {
    ProcessLauncher launcher = new ProcessLauncher(settings);
    // One process a phase carries all there is, so what one replica carries does not matter here.
    DemandRule rule = new DemandRule(0, 1, Duration.ofMillis(settings.idleMs()), 0, 1);
    LifecycleLimits standard = LifecycleLimits.standard();
    LifecycleLimits limits = new LifecycleLimits(settings.startTimeoutMs(), standard.stopMs(), standard.stableMs(),
        standard.startsAtMost(), new Backoff(standard.backoff().firstMs(), standard.backoff().mostMs()));
    String model = settings.modelId();
    for (Phase phase : Phase.values()) {
      functions.put(phase, new LocalFunction(phase, launcher, limits,
          new HangWatch(PROBE_MS, HUNG_MS), settings.parkedMax(),
          () -> rule.wakes(demand.value(model, phase)),
          // Asked only of what runs or ran; what sleeps starts by need alone.
          () -> demand.replicas(model, phase, rule, 1) > 0, clockMs));
    }
  }

  @Override
  public CompletableFuture<Endpoint> ready(Phase phase) {
    return functions.get(phase).ready();
  }

  @Override
  public void suspect(Phase phase, Endpoint endpoint) {
    functions.get(phase).suspect(endpoint);
  }

  @Override
  public void wake(Phase phase) {
    functions.get(phase).turnNow();
  }

  @Override
  public FunctionState state(Phase phase) {
    return functions.get(phase).state();
  }

  @Override
  public int parked(Phase phase) {
    return functions.get(phase).parked();
  }

  @Override
  public long starts(Phase phase) {
    return functions.get(phase).starts();
  }

  @Override
  public long crashes(Phase phase) {
    return functions.get(phase).crashes();
  }

  @Override
  public void close() {
    functions.values().forEach(LocalFunction::beginClose);
    for (LocalFunction function : functions.values()) {
      try {
        function.awaitClosed(CLOSE_MS);
      } catch (InterruptedException e) {
        LOG.warn("interrupted while functions were ending");
        Thread.currentThread().interrupt();
      }
    }
  }
}
