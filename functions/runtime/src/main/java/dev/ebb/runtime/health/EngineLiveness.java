package dev.ebb.runtime.health;

import dev.ebb.runtime.start.EngineHost;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Live from the first moment; not after the start failed or the backend was lost, which only a restart mends. */
@Liveness
@Singleton
public class EngineLiveness implements HealthCheck {
  private final EngineHost host;

  @Inject
  EngineLiveness(EngineHost host) {
    this.host = host;
  }

  @Override
  public HealthCheckResponse call() {
    boolean lost = host.engine().map(running -> !running.engine().healthy()).orElse(false);
    return HealthCheckResponse.named("engine").status(host.failure().isEmpty() && !lost).build();
  }
}
