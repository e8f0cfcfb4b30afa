package dev.ebb.router.app.start;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.config.SettingsException;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import org.eclipse.microprofile.config.ConfigProvider;

/** Starts the router, after a look at what most often prevents it: the settings and the port. */
@QuarkusMain
public final class RouterMain {
  /** Exit statuses, as those of the functions where they mean the same. */
  static final int BAD_SETTINGS = 20;

  static final int MODEL_MISSING = 21;
  static final int PORT_IN_USE = 27;

  private RouterMain() {}

  public static void main(String[] args) {
    int problem = problem();
    if (problem != 0) {
      System.exit(problem);
    }
    Quarkus.run(args);
  }

  private static int problem() {
    try {
      RouterSettings settings = RouterSettings.from(ConfigProvider.getConfig());
      if (!Files.exists(settings.modelPath())) {
        System.err.println("ebb router: there is no model at " + settings.modelPath()
            + " (EBB_MODEL_PATH); fetch one with: ebb model pull");
        return MODEL_MISSING;
      }
      return portProblem(settings);
    } catch (SettingsException e) {
      System.err.println("ebb router: " + e.getMessage());
      return BAD_SETTINGS;
    }
  }

  private static int portProblem(RouterSettings settings) {
    int http = ConfigProvider.getConfig().getValue("quarkus.http.port", Integer.class);
    int problem = portProblem(http, "EBB_PORT");
    boolean scaler = settings.scalerPort() > 0;
    return problem == 0 && scaler ? portProblem(settings.scalerPort(), "EBB_SCALER_PORT") : problem;
  }

  private static int portProblem(int port, String variable) {
    String host = ConfigProvider.getConfig().getValue("quarkus.http.host", String.class);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return 0;
    } catch (IOException e) {
      System.err.println("ebb router: cannot listen on " + host + ":" + port + ": " + e.getMessage()
          + ". Stop what uses the port, or set " + variable + " to another.");
      return PORT_IN_USE;
    }
  }
}
