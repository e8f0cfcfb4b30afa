package dev.ebb.router.app.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.util.Map;

/** A router on the static platform, whose functions are {@link Fakes}. */
public class RouterProfile implements QuarkusTestProfile {
  static final String PREFILL_PORT = "ebb.test.prefill.port";
  static final String DECODE_PORT = "ebb.test.decode.port";

  @Override
  public Map<String, String> getConfigOverrides() {
    return Map.of(
        "ebb.model.id", "tiny",
        "ebb.model.path", "no-such-file.gguf",
        "ebb.platform", "static",
        "ebb.prefill.url", "http://127.0.0.1:" + port(PREFILL_PORT),
        "ebb.decode.url", "http://127.0.0.1:" + port(DECODE_PORT),
        "ebb.start.timeout.seconds", "2",
        "ebb.request.timeout.seconds", "4",
        "ebb.max.body.bytes", "20000",
        "quarkus.http.limits.max-body-size", "20000");
  }

  /** A free port, told to the fakes by a system property: they live in another class loader. */
  private static int port(String property) {
    try (ServerSocket socket = new ServerSocket(0)) {
      System.setProperty(property, Integer.toString(socket.getLocalPort()));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
