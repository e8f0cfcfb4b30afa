package dev.ebb.router.app.call;

import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.demand.Demand;
import io.vertx.core.Context;
import jakarta.enterprise.context.ApplicationScoped;

/** Begins answers. */
@ApplicationScoped
public class Answers {
  private final GenerationPort port;
  private final Prefixes prefixes;

  Answers(FunctionClient client, Platform platform, Demand demand, RouterMetrics metrics, Prefixes prefixes) {
    port = new GenerationPort(client, platform, demand, metrics);
    this.prefixes = prefixes;
  }

  /** Places a prepared request; nothing is sent before {@code whole} or {@code stream} is called on it. */
  public Answer begin(PreparedRequest request, Context context) {
    return new Answer(port, prefixes, request, context);
  }
}
