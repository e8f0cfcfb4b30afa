package dev.ebb.router.app.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.events.EventJson;
import dev.ebb.router.app.openai.CallersJson;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jboss.logging.Logger;

/** Refusals as the error object of the OpenAI protocol. */
public final class Errors {
  private static final Logger LOG = Logger.getLogger(Errors.class);
  private static final int CAUSES_MAX = 10;
  private static final long LINGER_MS = 5_000;
  private static final long PASS_OVER_MS = 30_000;

  private Errors() {}

  /** Status of a refusal. */
  static int status(Refusal refusal) {
    return switch (refusal.kind()) {
      case INVALID -> 400;
      case NOT_FOUND -> 404;
      case UNSUPPORTED -> refusal.code().equals("method_not_allowed") ? 405 : 415;
      case TOO_LARGE -> refusal.code().equals("uri_too_long") ? 414 : 413;
      case TOO_MANY -> 429;
      case UNAVAILABLE -> 503;
      case TIMEOUT -> String.valueOf(refusal.code()).startsWith("body_") ? 408 : 504;
      case INTERNAL -> 500;
    };
  }

  private static String type(Kind kind) {
    return switch (kind) {
      case INVALID, NOT_FOUND, UNSUPPORTED, TOO_LARGE -> "invalid_request_error";
      case TOO_MANY -> "rate_limit_error";
      case UNAVAILABLE -> "service_unavailable";
      case TIMEOUT -> "timeout";
      case INTERNAL -> "server_error";
    };
  }

  /** {@code {"error": {...}}}, every field present. */
  static ObjectNode body(Refusal refusal) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.putObject("error")
        .put("message", refusal.getMessage())
        .put("type", type(refusal.kind()))
        .put("param", refusal.parameter())
        .put("code", refusal.code());
    return node;
  }

  /** Answers with a refusal, if that is still possible. */
  static void write(RoutingContext context, Refusal refusal) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.closed() || response.headWritten()) {
      return;
    }
    int status = status(refusal);
    if (refusal.retryAfterMs() > 0) {
      response.putHeader("retry-after", Long.toString((refusal.retryAfterMs() + 999) / 1000));
    }
    // Who is to come again later finds its connection as it was: the rest of its body is passed over.
    boolean passedOver = refusal.kind() == Kind.TOO_MANY;
    if (refusal.kind() == Kind.TOO_LARGE || bodyIncomplete(context.request()) && !passedOver) {
      // The rest of the body is not read, so nothing else can follow on this connection.
      sayClose(context);
    }
    Future<Void> sent = response.setStatusCode(status).putHeader("content-type", "application/json")
        .end(body(refusal).toString());
    if (RequestHead.UNKNOWN_END.equals(refusal.code())) {
      sent.onComplete(done -> context.request().connection().close());
    } else if (bodyIncomplete(context.request())) {
      linger(context, passedOver);
    }
  }

  /** Says that nothing else can follow on this connection, where that is the protocol's way to say it. */
  static void sayClose(RoutingContext context) {
    if (context.request().version() != HttpVersion.HTTP_2) {
      context.response().putHeader("connection", "close");
    }
  }

  /** The answer must arrive before the connection ends, which who still sends makes sure of; but not for ever. */
  private static void linger(RoutingContext context, boolean passedOver) {
    HttpServerRequest request = context.request();
    if (passedOver) {
      // Before its body was asked for it is paused, and the next request would never be read.
      request.handler(rest -> { });
      request.resume();
    }
    if (request.version() != HttpVersion.HTTP_2) {
      context.vertx().setTimer(passedOver ? PASS_OVER_MS : LINGER_MS, fired -> {
        if (!passedOver || !request.isEnded()) {
          request.connection().close();
        }
      });
    }
  }

  /** What a failure is to the caller. One that nobody foresaw goes to the log, not to the caller. */
  static Refusal of(Throwable failure, RoutingContext context) {
    // Funqy and futures wrap the failure that says something.
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      if (cause instanceof Refusal refusal) {
        return refusal;
      }
      if (cause instanceof JsonProcessingException json) {
        return CallersJson.tooMany(json).orElseGet(() ->
            Refusal.invalid("data", "invalid_json", EventJson.invalid(json).getMessage()));
      }
    }
    if (bodyIncomplete(context.request())) {
      // A bad encoding, or a connection that closed. Nothing of ours failed.
      LOG.debugf("%s %s: the body could not be read: %s", context.request().method(), context.request().path(),
          failure);
      return Refusal.invalid(null, "unreadable_body",
          "The request's body could not be read: its transfer encoding is broken, or the connection closed.");
    }
    LOG.errorf(failure, "%s %s failed", context.request().method(), context.request().path());
    return Refusal.of(Kind.INTERNAL, null, "internal_error", "The server failed on this request; its log says why.");
  }

  private static boolean bodyIncomplete(HttpServerRequest request) {
    boolean body = request.headers().contains("content-length") || request.headers().contains("transfer-encoding");
    return body && !request.isEnded();
  }

  /** The failure handler of all routes. */
  static void handle(RoutingContext context) {
    Throwable failure = context.failure();
    int status = context.statusCode();
    if (failure != null && (status < 400 || status >= 500 || failure instanceof Refusal)) {
      write(context, of(failure, context));
    } else {
      write(context, ofStatus(status));
    }
  }

  private static Refusal ofStatus(int status) {
    return switch (status) {
      case 404 -> notFound("this path");
      case 405 -> Refusal.of(Kind.UNSUPPORTED, null, "method_not_allowed", "The method is not allowed here.");
      case 406, 415 -> Refusal.of(Kind.UNSUPPORTED, null, "unsupported_media_type",
          "The media type is not accepted; send one CloudEvent with JSON data.");
      case 413 -> Refusal.of(Kind.TOO_LARGE, null, "body_too_large",
          "The request body is over this server's limit (EBB_MAX_BODY_BYTES).");
      case 417 -> Refusal.invalid(null, "unknown_expectation", "The header expect may only be 100-continue.");
      case 503 -> Refusal.stopping();
      default -> status >= 400 && status < 500
          ? Refusal.invalid(null, "bad_request", "The request was refused with status " + status + ".")
          : Refusal.of(Kind.INTERNAL, null, "internal_error", "The server failed on this request.");
    };
  }

  static Refusal notFound(String path) {
    return Refusal.of(Kind.NOT_FOUND, null, "not_found", "There is nothing at " + path
        + "; see /v1/models, /v1/chat/completions, /v1/completions, /tokenize, /detokenize, and POST / for events.");
  }
}
