package dev.ebb.router.app.http;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Bodies on their way in. What a head announces is counted from then on; of a body without a length what has come is,
 * a few times a second. One that does not come to its end within the time of a request is given up.
 */
@ApplicationScoped
class Uploads {
  private static final long LOOK_MS = 100;
  private static final String TIMER = "ebb.upload";

  private final HeldBodies bodies;
  private final Vertx vertx;
  private final long bodyBytesMax;
  private final long timeoutMs;

  Uploads(HeldBodies bodies, Vertx vertx, RouterSettings settings) {
    this.bodies = bodies;
    this.vertx = vertx;
    bodyBytesMax = settings.bodyBytesMax();
    timeoutMs = settings.requestTimeoutMs();
  }

  /**
   * Looks at the head of a request.
   *
   * @throws Refusal when the body that it announces is one too many
   */
  void begin(RoutingContext context) {
    HttpServerRequest request = context.request();
    long length = length(request);
    if (length > bodyBytesMax || length == 0) {
      // One that is too large is refused by the reader of bodies, before anything of it is read.
      return;
    }
    bodies.hold(context, Math.max(0, length));
    long endsAt = System.nanoTime() + timeoutMs * 1_000_000;
    context.put(TIMER, vertx.setPeriodic(LOOK_MS, timer -> look(context, endsAt)));
    context.addEndHandler(end -> end(context));
  }

  /** Bytes of the body; 0 for none, -1 for one whose length is not known. */
  private static long length(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    if (length != null) {
      // Netty has refused what is no number.
      return Long.parseLong(length.strip());
    }
    boolean chunked = request.version() == HttpVersion.HTTP_2 || request.headers().contains("transfer-encoding");
    return chunked ? -1 : 0;
  }

  private void look(RoutingContext context, long endsAt) {
    try {
      bodies.holdAll(context, context.request().bytesRead());
      if (System.nanoTime() - endsAt > 0) {
        throw Refusal.of(Kind.TIMEOUT, null, "body_timeout", "The request's body did not come to its end within "
            + timeoutMs / 1000 + " s (EBB_REQUEST_TIMEOUT_SECONDS).");
      }
    } catch (Refusal why) {
      end(context);
      // Nothing more of it is kept.
      context.request().handler(rest -> {});
      context.fail(why);
      if (why.kind() == Kind.TIMEOUT) {
        // Otherwise it stays for the rest, which does not come.
        context.request().connection().close();
      }
    }
  }

  /** Its body is there, or will never be. */
  void end(RoutingContext context) {
    Long timer = context.remove(TIMER);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
  }
}
