package dev.ebb.cli;

import dev.ebb.cli.server.Port;
import dev.ebb.cli.server.RouterLaunch;
import java.io.IOException;
import picocli.CommandLine.Option;

/** Where a router listens, as the commands are told it. */
final class AddressOptions {
  @Option(names = "--port", paramLabel = "N", description = "Port of the router. Default: EBB_PORT, else 8080")
  Integer port;

  @Option(names = "--host", paramLabel = "ADDRESS",
      description = "Address of the router. Default: EBB_HOST, else 127.0.0.1")
  String host;

  int port(Context context) {
    return context.port(port);
  }

  String host(Context context) {
    return host != null ? host : context.env().getOrDefault("EBB_HOST", "127.0.0.1");
  }

  /** Refuses an address that a router with these options could not listen on. */
  void needFree(Context context) throws IOException {
    Port.need(host(context), port(context));
  }

  /** Where a router with these options would be found. */
  String url(Context context) {
    return RouterLaunch.url(host(context), port(context));
  }
}
