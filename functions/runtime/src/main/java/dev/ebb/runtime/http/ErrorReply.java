package dev.ebb.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ebb.engine.EngineUnavailableException;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.runtime.work.RefusedException;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.http.HttpClosedException;
import java.util.Locale;

/**
 * What a failure is to the caller.
 *
 * @param expected false where it is the function's own fault and belongs in its log
 */
public record ErrorReply(int status, ErrorBody body, boolean expected) {
  private static final int CAUSES_MAX = 10;

  /** The reply to a failure; nothing of an unknown one but that it happened is told. */
  public static ErrorReply of(Throwable failure) {
    Throwable cause = failure;
    // Readers and futures wrap the cause that says something.
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++, cause = cause.getCause()) {
      switch (cause) {
        case RefusedException refused -> {
          return new ErrorReply(refused.status(), refused.body(), true);
        }
        case InvalidParameterException invalid -> {
          return invalid(invalid);
        }
        case JsonProcessingException json -> {
          return invalid(EventJson.invalid(json));
        }
        case DecoderException unreadable -> {
          return caller(400, "the body could not be read", "invalid_body");
        }
        case HttpClosedException gone -> {
          return caller(400, "the connection was closed before the request was complete", "connection_closed");
        }
        case EngineUnavailableException stopped -> {
          return of(RefusedException.unavailable(
              "unavailable", "the engine stopped before the request ended; send it again"));
        }
        case BackendException backend -> {
          String code = "backend_" + backend.reason().name().toLowerCase(Locale.ROOT);
          return server("the backend failed; the request can be sent again", code);
        }
        default -> { }
      }
    }
    return server("the function failed on this request; its log says why", "internal_error");
  }

  /** The reply where a handler gave only a status. */
  public static ErrorReply of(int status) {
    return switch (status) {
      case 404 -> caller(404, "nothing is served here; events go to POST /", "not_found");
      case 405 -> caller(405, "the method is not allowed here; events go to POST /", "method_not_allowed");
      case 406, 415 -> caller(415, "the media type is not accepted; send one CloudEvent with JSON data",
          "unsupported_media_type");
      case 413 -> caller(413, "the body is over the limit of this function (EBB_MAX_BODY_BYTES)", "body_too_large");
      default -> status >= 400 && status < 500
          ? caller(status, "the request was refused with status " + status, "bad_request")
          : server("the function failed on this request; its log says why", "internal_error");
    };
  }

  private static ErrorReply invalid(InvalidParameterException e) {
    return new ErrorReply(400, ErrorBody.invalid(e.getMessage(), e.parameter(), e.code()), true);
  }

  private static ErrorReply caller(int status, String message, String code) {
    return new ErrorReply(status, ErrorBody.invalid(message, null, code), true);
  }

  private static ErrorReply server(String message, String code) {
    return new ErrorReply(500, ErrorBody.of(message, "server_error", null, code), false);
  }
}
