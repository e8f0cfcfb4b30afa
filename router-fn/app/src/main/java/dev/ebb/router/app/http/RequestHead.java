package dev.ebb.router.app.http;

import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/** What can be told from a request's head, before anything of its body is read. */
@ApplicationScoped
class RequestHead {
  /** Code of the refusal of a body that nobody can tell the end of. */
  static final String UNKNOWN_END = "unsupported_transfer_encoding";
  private static final int URI_MAX = 4096;

  /** Connections on which something came whose end nobody knows. */
  private final Set<HttpConnection> lost = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /**
   * Looks over the head.
   *
   * @return false for what is no request, but may be a part of what came before it
   * @throws Refusal for a path that is too long, and for a body that is coded as nothing here can read
   */
  boolean check(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (lost.contains(request.connection())) {
      // The answer to what came before ends the connection.
      return false;
    }
    if (request.uri().length() > URI_MAX) {
      throw Refusal.of(Kind.TOO_LARGE, null, "uri_too_long",
          "The path and query take " + request.uri().length() + " characters, of at most " + URI_MAX + ".");
    }
    String transfer = request.getHeader("transfer-encoding");
    if (transfer != null && !transfer.strip().equalsIgnoreCase("chunked")) {
      // Where its body ends nobody knows, so what follows must not be taken for another request.
      lost.add(request.connection());
      Errors.sayClose(context);
      throw Refusal.invalid(null, UNKNOWN_END, "The transfer encoding must be chunked, got " + transfer + ".");
    }
    String content = request.getHeader("content-encoding");
    if (content != null && !content.strip().equalsIgnoreCase("identity")) {
      throw Refusal.of(Kind.UNSUPPORTED, null, "unsupported_content_encoding",
          "The body must come as it is, without content-encoding " + content + ".");
    }
    return true;
  }
}
