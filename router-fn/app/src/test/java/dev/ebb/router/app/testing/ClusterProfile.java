package dev.ebb.router.app.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/** A router on the platform cluster: its functions are {@link Fakes}, its API server is {@link TestCluster}. */
public class ClusterProfile extends RouterProfile {
  static final String API_PORT = "ebb.test.api.port";
  /** Port of the router of the model that stands in. */
  public static final String OTHER_PORT = "ebb.test.other.port";

  @Override
  public Map<String, String> getConfigOverrides() {
    Map<String, String> all = new HashMap<>(super.getConfigOverrides());
    System.setProperty("kubernetes.master", "http://127.0.0.1:" + free(API_PORT));
    System.setProperty("kubernetes.namespace", "models");
    System.setProperty("kubernetes.auth.tryKubeConfig", "false");
    System.setProperty("kubernetes.auth.tryServiceAccount", "false");
    all.putAll(Map.of(
        "ebb.platform", "cluster",
        "ebb.queue", "serving",
        "ebb.cluster.queue", "gpu",
        "ebb.decode.gpus", "1",
        "ebb.prefill.gpus", "1",
        "ebb.when.waiting", "degrade",
        "ebb.degrade.model", "small",
        "ebb.degrade.url", "http://127.0.0.1:" + free(OTHER_PORT),
        "ebb.start.timeout.seconds", "20",
        "ebb.request.timeout.seconds", "20"));
    all.put("ebb.decode.drain.seconds", "1");
    return all;
  }

  static int free(String property) {
    try (ServerSocket socket = new ServerSocket(0)) {
      System.setProperty(property, Integer.toString(socket.getLocalPort()));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
