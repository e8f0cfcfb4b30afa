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
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Begins the scaler with the router and ends it with it. Without a port for it, nothing of gRPC is loaded. */
@ApplicationScoped
public class ScalerLife {
  private static final Logger LOG = Logger.getLogger(ScalerLife.class);

  private final RouterSettings settings;
  private final Demand demand;
  private AutoCloseable server = () -> {};

  ScalerLife(RouterSettings settings, Demand demand) {
    this.settings = settings;
    this.demand = demand;
  }

  void start(@Observes StartupEvent event) throws IOException {
    if (settings.scalerPort() > 0) {
      String host = ConfigProvider.getConfig().getValue("quarkus.http.host", String.class);
      server = ScalerServer.open(new InetSocketAddress(host, settings.scalerPort()), new RouterDemand(demand));
      LOG.infof("scaler on %s:%d", host, settings.scalerPort());
    }
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    server.close();
  }
}
