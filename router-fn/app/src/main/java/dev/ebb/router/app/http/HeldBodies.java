package dev.ebb.router.app.http;

import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * The bytes of the bodies of all requests under way, of {@link Uploads those that still come} too: what was made of a
 * body, its text and its tokens, is kept to the request's end, and requests may wait for long. Of an event its tree of
 * JSON is kept as well, and some answers are much larger than what asked for them. Thread-safe.
 */
@ApplicationScoped
public class HeldBodies {
  private static final long RETRY_AFTER_MS = 5_000;
  /** What a request holds already, in its context. */
  private static final String OWN = "ebb.held";
  /** Of a tree for each of its values, as measured of the larger ones. */
  private static final int TREE_VALUE_BYTES = 85;
  /** Of /tokenize for each byte of a body: texts of tokens, as objects and as JSON. */
  private static final int TOKENIZED_FACTOR = 12;

  private final RouterMetrics metrics;
  private final String model;
  private final long bytesMax;

  HeldBodies(RouterSettings settings, RouterMetrics metrics) {
    this.metrics = metrics;
    model = settings.modelId();
    bytesMax = settings.heldBodyBytesMax();
  }

  /**
   * Counts a request's body until the request ends.
   *
   * @throws Refusal when it is one too many
   */
  void hold(RoutingContext context) {
    Buffer body = context.body().buffer();
    if (body != null) {
      holdAll(context, switch (context.normalizedPath()) {
        case "/" -> body.length() + treeBytes(body);
        case "/tokenize", "/detokenize" -> (long) body.length() * TOKENIZED_FACTOR;
        default -> body.length();
      });
    }
  }

  /**
   * Looks whether another body, no larger than one may be, would have room just now.
   *
   * @throws Refusal when it would not
   */
  void checkRoom(long bytes) {
    long all = metrics.heldBodies(0) + bytes;
    if (all > bytesMax) {
      throw tooMany(all);
    }
  }

  /**
   * Counts a request with so many bytes in all, until it ends.
   *
   * @throws Refusal when it is too much beside the others
   */
  void holdAll(RoutingContext context, long bytes) {
    hold(context, bytes - context.get(OWN, 0L));
  }

  /**
   * Counts what a request takes beside, until it ends.
   *
   * @throws Refusal when it is too much beside the others; alone it is always let in
   */
  public void hold(RoutingContext context, long wanted) {
    if (wanted <= 0 || context.response().closed()) {
      return;
    }
    long own = context.get(OWN, 0L);
    long bytes = Math.min(bytesMax - own, wanted);
    long all = metrics.heldBodies(bytes);
    if (all > bytesMax) {
      metrics.heldBodies(-bytes);
      throw tooMany(all);
    }
    context.put(OWN, own + bytes);
    if (own == 0) {
      context.addEndHandler(end -> metrics.heldBodies(-context.<Long>get(OWN)));
    }
  }

  private Refusal tooMany(long all) {
    metrics.bodyRefused(model);
    return Refusal.later(Kind.TOO_MANY, "too_many_body_bytes", "The requests under way and this one"
        + " take " + all + " bytes, of at most " + bytesMax + " (EBB_MAX_HELD_BODY_BYTES); try again later.",
        RETRY_AFTER_MS);
  }

  /** From above: each value but the first stands behind one of these, and texts may have them too. */
  private static long treeBytes(Buffer body) {
    long values = 1;
    for (int i = 0; i < body.length(); i++) {
      byte one = body.getByte(i);
      values += one == ',' || one == ':' || one == '[' || one == '{' ? 1 : 0;
    }
    return values * TREE_VALUE_BYTES;
  }
}
