package dev.ebb.runtime.health;

import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.start.InFlight;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the engine is up and healthy and no stop was asked for. */
@Readiness
@Singleton
public class EngineReadiness implements HealthCheck {
  private final EngineHost host;
  private final InFlight inFlight;

  @Inject
  EngineReadiness(EngineHost host, InFlight inFlight) {
    this.host = host;
    this.inFlight = inFlight;
  }

  @Override
  public HealthCheckResponse call() {
    boolean up = host.engine().map(running -> running.engine().healthy()).orElse(false);
    return HealthCheckResponse.named("engine")
        .status(up && !inFlight.draining())
        .withData("draining", inFlight.draining())
        .build();
  }
}
