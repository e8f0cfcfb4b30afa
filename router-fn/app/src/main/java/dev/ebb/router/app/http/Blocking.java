package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.events.EventJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;

/** Answers that take a moment of thought, off the event loop. */
final class Blocking {
  private Blocking() {}

  /** Answers with the JSON that {@code work} makes, or with why it did not. */
  static void answer(RoutingContext context, Callable<JsonNode> work) {
    // Its text too is made there: it may be long.
    context.vertx().getOrCreateContext().executeBlocking(() -> Buffer.buffer(EventJson.write(work.call())), false)
        .onSuccess(text -> {
          if (!context.response().closed()) {
            context.response().putHeader("content-type", "application/json").end(text);
          }
        })
        .onFailure(cause -> Errors.write(context, Errors.of(cause, context)));
  }
}
