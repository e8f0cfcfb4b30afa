package dev.ebb.runtime.health;

import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.start.InFlight;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the engine is up and at work and no stop was asked for. */
@Readiness
@Singleton
public class EngineReadiness implements HealthCheck {
  private final EngineHost host;
  private final InFlight inFlight;
  private final EngineAtWork atWork;

  @Inject
  EngineReadiness(EngineHost host, InFlight inFlight, EngineAtWork atWork) {
    this.host = host;
    this.inFlight = inFlight;
    this.atWork = atWork;
  }

  @Override
  public HealthCheckResponse call() {
    boolean up = host.engine().map(running -> atWork.test(running.engine())).orElse(false);
    return HealthCheckResponse.named("engine")
        .status(up && !inFlight.draining())
        .withData("draining", inFlight.draining())
        .build();
  }
}
