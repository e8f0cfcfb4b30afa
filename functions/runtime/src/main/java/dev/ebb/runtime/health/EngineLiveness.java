package dev.ebb.runtime.health;

import dev.ebb.runtime.start.EngineHost;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Live from the first moment; not after the start failed, the backend was lost or a step does not end, which only a
 * restart mends.
 */
@Liveness
@Singleton
public class EngineLiveness implements HealthCheck {
  private final EngineHost host;
  private final EngineAtWork atWork;

  @Inject
  EngineLiveness(EngineHost host, EngineAtWork atWork) {
    this.host = host;
    this.atWork = atWork;
  }

  @Override
  public HealthCheckResponse call() {
    boolean lost = host.engine().map(running -> !atWork.test(running.engine())).orElse(false);
    return HealthCheckResponse.named("engine").status(host.failure().isEmpty() && !lost).build();
  }
}
