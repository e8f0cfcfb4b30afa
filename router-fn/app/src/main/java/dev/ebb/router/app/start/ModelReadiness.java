package dev.ebb.router.app.start;

import dev.ebb.router.app.http.InFlight;
import dev.ebb.router.app.model.ModelCatalog;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready as soon as the model's metadata is read; no function need run for that; until the router's end begins. */
@Readiness
@ApplicationScoped
public class ModelReadiness implements HealthCheck {
  private final ModelCatalog catalog;
  private final InFlight inFlight;

  ModelReadiness(ModelCatalog catalog, InFlight inFlight) {
    this.catalog = catalog;
    this.inFlight = inFlight;
  }

  @Override
  public HealthCheckResponse call() {
    boolean loaded = catalog.loaded().isDone() && !catalog.loaded().isCompletedExceptionally();
    return HealthCheckResponse.named("model metadata").status(loaded && !inFlight.leaving()).build();
  }
}
