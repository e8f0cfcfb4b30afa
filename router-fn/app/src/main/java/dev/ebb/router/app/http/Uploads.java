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
 * Bodies on their way in: what has come of them counts, a few times a second. What a head only announces does not, or
 * connections that send nothing would shut others out; but a body for which there is no room now is refused at once.
 * One that comes to a halt, or not to its end within the time of a request, is given up.
 */
@ApplicationScoped
class Uploads {
  private static final long LOOK_MS = 50;
  private static final long STALLED_MS_MAX = 30_000;
  private static final String UPLOAD = "ebb.upload";

  private final HeldBodies bodies;
  private final Vertx vertx;
  private final long bodyBytesMax;
  private final long timeoutMs;
  private final long stalledMs;

  Uploads(HeldBodies bodies, Vertx vertx, RouterSettings settings) {
    this.bodies = bodies;
    this.vertx = vertx;
    bodyBytesMax = settings.bodyBytesMax();
    timeoutMs = settings.requestTimeoutMs();
    stalledMs = Math.min(STALLED_MS_MAX, timeoutMs / 2);
  }

  /**
   * Looks at the head of a request.
   *
   * @throws Refusal when there is no room for the body that it announces
   */
  void begin(RoutingContext context) {
    long length = length(context.request());
    if (length > bodyBytesMax || length == 0) {
      // One that is too large is refused by the reader of bodies, before anything of it is read.
      return;
    }
    bodies.checkRoom(length);
    context.put(UPLOAD, new Upload(context));
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

  /** Its body is there, or will never be. */
  void end(RoutingContext context) {
    Upload upload = context.remove(UPLOAD);
    if (upload != null) {
      vertx.cancelTimer(upload.timer);
    }
  }

  /** One body that is coming. */
  private final class Upload {
    private final RoutingContext context;
    private final long begunNs = System.nanoTime();
    private final long timer;
    private long bytes;
    private long cameNs = begunNs;

    Upload(RoutingContext context) {
      this.context = context;
      timer = vertx.setPeriodic(LOOK_MS, fired -> look());
    }

    private void look() {
      try {
        count(context.request().bytesRead(), System.nanoTime());
      } catch (Refusal why) {
        end(context);
        // Nothing more of it is kept.
        context.request().handler(rest -> { });
        context.fail(why);
      }
    }

    private void count(long bytesNow, long nowNs) {
      if (bytesNow > bytes) {
        bytes = bytesNow;
        cameNs = nowNs;
      }
      bodies.holdAll(context, bytes);
      if (nowNs - begunNs > timeoutMs * 1_000_000) {
        throw Refusal.of(Kind.TIMEOUT, null, "body_timeout", "The request's body did not come to its end within "
            + timeoutMs / 1000 + " s (EBB_REQUEST_TIMEOUT_SECONDS).");
      }
      if (nowNs - cameNs > stalledMs * 1_000_000) {
        throw Refusal.of(Kind.TIMEOUT, null, "body_stalled", "Nothing more of the request's body came for "
            + stalledMs / 1000 + " s.");
      }
    }
  }
}
