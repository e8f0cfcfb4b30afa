package dev.ebb.router.app.platform;

import dev.ebb.router.app.cluster.ClusterPlatform;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.Phase;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.config.ConfigProvider;

/** Makes the objects that everything shares: settings, clock, demand and the platform. */
@Singleton
final class PlatformProducer {
  private static final LongSupplier CLOCK_MS = () -> System.nanoTime() / 1_000_000;

  @Produces
  @Singleton
  RouterSettings settings() {
    return RouterSettings.from(ConfigProvider.getConfig());
  }

  @Produces
  @Singleton
  Demand demand(RouterSettings settings) {
    return new Demand(List.of(settings.modelId()), CLOCK_MS);
  }

  @Produces
  @Singleton
  Platform platform(RouterSettings settings, Demand demand) {
    Platform platform = switch (settings.platform()) {
      case LOCAL -> new LocalPlatform(settings, demand, CLOCK_MS);
      case STATIC -> new StaticPlatform(settings);
      // The Kubernetes client is loaded here and nowhere else.
      case CLUSTER -> ClusterPlatform.open(settings, demand, CLOCK_MS);
    };
    demand.onWake((String model, Phase phase) -> platform.wake(phase));
    return platform;
  }
}
