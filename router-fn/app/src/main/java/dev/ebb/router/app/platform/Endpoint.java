package dev.ebb.router.app.platform;

import java.net.URI;

/** Address of a running function. */
public record Endpoint(String host, int port) {

  /** The address that a URL leads to; port 80 where it names none. */
  public static Endpoint of(URI uri) {
    return new Endpoint(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
  }
}
