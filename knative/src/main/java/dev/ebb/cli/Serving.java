package dev.ebb.cli;

import dev.ebb.cli.client.RouterClient;
import dev.ebb.cli.model.ModelRef;
import dev.ebb.cli.server.Port;
import dev.ebb.cli.server.RouterLaunch;
import dev.ebb.cli.server.RouterProcess;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A router to talk to: one that runs already, or one started for this command alone and stopped with it. */
final class Serving implements AutoCloseable {
  private final RouterClient client;
  private final String model;
  private final RouterProcess own;

  private Serving(RouterClient client, String model, RouterProcess own) {
    this.client = client;
    this.model = model;
    this.own = own;
  }

  /**
   * Finds or starts one.
   *
   * @param url address to use and no other, or null
   */
  static Serving open(Context context, ServeOptions options, String url) throws IOException, InterruptedException {
    options.check(context);
    RouterClient client = new RouterClient(url != null ? url : options.address.url(context));
    Optional<List<String>> models = client.models();
    if (models.isPresent()) {
      return new Serving(client, choose(options.model, models.get(), client.url()), null);
    }
    client.close();
    if (url != null) {
      throw new CliException(RouterClient.absent(url));
    }
    return start(context, options);
  }

  RouterClient client() {
    return client;
  }

  String model() {
    return model;
  }

  @Override
  public void close() {
    client.close();
    if (own != null) {
      own.close();
    }
  }

  private static Serving start(Context context, ServeOptions options) throws IOException, InterruptedException {
    // Before a model is fetched in vain.
    Port.needHost(options.address.host(context));
    RouterLaunch spec = options.spec(context);
    if (Port.isTaken(spec.host(), spec.port())) {
      // Nobody else is told this router's port, so any free one will do.
      int port = Port.free(spec.host());
      spec = spec.onSparePort(port, context.home().runDir(port));
    }
    RouterProcess router = RouterProcess.start(spec);
    Runtime.getRuntime().addShutdownHook(new Thread(router::close));
    try {
      if (!router.awaitReady()) {
        throw new InterruptedException("asked to stop while the router started");
      }
      return new Serving(new RouterClient(spec.url()), spec.modelId(), router);
    } catch (InterruptedException | RuntimeException | IOException e) {
      router.close();
      throw e;
    }
  }

  private static String choose(String wanted, List<String> served, String url) {
    if (wanted == null) {
      return served.stream().findFirst().orElseThrow(() -> new CliException("the router at " + url + " has no model"));
    }
    String id = ModelRef.parse(wanted).id();
    if (!served.contains(id)) {
      throw new CliException("the router at " + url + " serves " + String.join(", ", served) + ", not " + id
          + "; leave --model out, or use another --port to start one");
    }
    return id;
  }
}
