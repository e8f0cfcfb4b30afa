package dev.ebb.router.app.platform;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Functions at fixed addresses; somebody else starts and stops them. */
final class StaticPlatform implements Platform {
  private final Map<Phase, StaticFunction> functions = new EnumMap<>(Phase.class);

  StaticPlatform(RouterSettings settings) {
    add(Phase.PREFILL, Endpoint.of(settings.prefillUrl().orElseThrow()), settings);
    add(Phase.DECODE, Endpoint.of(settings.decodeUrl().orElseThrow()), settings);
  }

  private void add(Phase phase, Endpoint endpoint, RouterSettings settings) {
    functions.put(phase,
        new StaticFunction(phase, endpoint, settings.parkedMax(), settings.startTimeoutMs()));
  }

  @Override
  public CompletableFuture<Endpoint> ready(Phase phase) {
    return functions.get(phase).ready();
  }

  @Override
  public void suspect(Phase phase, Endpoint endpoint) {
    functions.get(phase).suspect();
  }

  @Override
  public void wake(Phase phase) {
    // Whoever keeps the functions alive watches the demand series.
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
    return 0;
  }

  @Override
  public long crashes(Phase phase) {
    return 0;
  }

  @Override
  public void close() {
    functions.values().forEach(StaticFunction::close);
  }
}
