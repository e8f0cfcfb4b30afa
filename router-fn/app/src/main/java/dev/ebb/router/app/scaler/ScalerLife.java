package dev.ebb.router.app.scaler;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.scaler.ScalerServer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Begins the scaler with the router and ends it when the router leaves. Without a port, nothing of gRPC is loaded. */
@ApplicationScoped
public class ScalerLife {
  private static final Logger LOG = Logger.getLogger(ScalerLife.class);

  private final RouterSettings settings;
  private final Demand demand;
  private Optional<ScalerServer> server = Optional.empty();

  ScalerLife(RouterSettings settings, Demand demand) {
    this.settings = settings;
    this.demand = demand;
  }

  void start(@Observes StartupEvent event) throws IOException {
    if (settings.scalerPort() > 0) {
      String host = ConfigProvider.getConfig().getValue("quarkus.http.host", String.class);
      server = Optional.of(
          ScalerServer.open(new InetSocketAddress(host, settings.scalerPort()), new RouterDemand(demand)));
      LOG.infof("scaler on %s:%d", host, settings.scalerPort());
    }
  }

  /**
   * Sends KEDA to another router: its one connection would stay with this one for the whole drain, in which new demand
   * is raised elsewhere. Requests that are still under way here remain on the metrics page, so the Prometheus trigger
   * holds their functions, also where there is no other router.
   */
  public void leave() {
    server.ifPresent(ScalerServer::leave);
  }

  void stop(@Observes ShutdownEvent event) {
    server.ifPresent(ScalerServer::close);
  }
}
