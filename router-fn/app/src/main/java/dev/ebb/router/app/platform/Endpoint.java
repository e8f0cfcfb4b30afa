package dev.ebb.router.app.platform;

import java.net.URI;

/** Address of a running function. */
public record Endpoint(String host, int port) {

  static Endpoint of(URI uri) {
    return new Endpoint(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
  }
}
