package dev.ebb.router.app.start;

import dev.ebb.router.app.model.ModelCatalog;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready as soon as the model's metadata is read; no function need run for that. */
@Readiness
@ApplicationScoped
public class ModelReadiness implements HealthCheck {
  private final ModelCatalog catalog;

  ModelReadiness(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public HealthCheckResponse call() {
    boolean loaded = catalog.loaded().isDone() && !catalog.loaded().isCompletedExceptionally();
    return HealthCheckResponse.named("model metadata").status(loaded).build();
  }
}
