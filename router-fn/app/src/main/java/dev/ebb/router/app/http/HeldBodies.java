package dev.ebb.router.app.http;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of the bodies of all requests under way: what was made of a body, its text and its tokens, is kept to the
 * request's end, and requests may wait for long. Thread-safe.
 */
@ApplicationScoped
public class HeldBodies {
  private static final long RETRY_AFTER_MS = 5_000;

  private final long bytesMax;
  private final AtomicLong held = new AtomicLong();

  HeldBodies(RouterSettings settings) {
    bytesMax = settings.heldBodyBytesMax();
  }

  /**
   * Counts a request's body until the request ends.
   *
   * @throws Refusal when it is one too many
   */
  void hold(RoutingContext context) {
    Buffer body = context.body().buffer();
    if (body == null || context.response().closed()) {
      return;
    }
    long bytes = body.length();
    long all = held.addAndGet(bytes);
    if (all > bytesMax) {
      held.addAndGet(-bytes);
      throw Refusal.later(Kind.TOO_MANY, "too_many_body_bytes", "The bodies of the requests under way and of this one"
          + " take " + all + " bytes, of at most " + bytesMax + " (EBB_MAX_HELD_BODY_BYTES); try again later.",
          RETRY_AFTER_MS);
    }
    context.addEndHandler(end -> held.addAndGet(-bytes));
  }
}
