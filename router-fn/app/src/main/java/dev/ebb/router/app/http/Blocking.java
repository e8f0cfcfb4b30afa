package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;

/** Answers that take a moment of thought, off the event loop. */
final class Blocking {
  private Blocking() {}

  /** Answers with the JSON that {@code work} makes, or with why it did not. */
  static void answer(RoutingContext context, Callable<JsonNode> work) {
    context.vertx().getOrCreateContext().executeBlocking(work, false)
        .onSuccess(node -> {
          if (!context.response().closed()) {
            context.response().putHeader("content-type", "application/json").end(node.toString());
          }
        })
        .onFailure(cause -> Errors.write(context, Errors.of(cause, context)));
  }
}
