package dev.ebb.router.app.call;

import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Work;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.function.Phase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Consumer;

/** Calls functions: a binary CloudEvent out, an event or a stream back. Every failure is a {@link CallFailure}. */
@ApplicationScoped
public class FunctionClient {
  private static final int CONNECT_MS = 5_000;
  private static final int CONNECTIONS_MAX = 4096;
  private static final String SOURCE = "/ebb/router";

  private final HttpClient http;

  FunctionClient(Vertx vertx) {
    http = vertx.createHttpClient(new HttpClientOptions()
        .setConnectTimeout(CONNECT_MS)
        .setMaxPoolSize(CONNECTIONS_MAX)
        // In the end the system notices a function's machine that went without a word.
        .setTcpKeepAlive(true)
        .setKeepAliveTimeout(15));
  }

  Future<PrefillCompleted> prefill(Endpoint endpoint, Work work, Call call) {
    return send(Phase.PREFILL, endpoint, work, call, false)
        .compose(response -> whole(Phase.PREFILL, response, PrefillCompleted.class));
  }

  Future<DecodeCompleted> decode(Endpoint endpoint, Work work, Call call) {
    return send(Phase.DECODE, endpoint, work, call, false)
        .compose(response -> whole(Phase.DECODE, response, DecodeCompleted.class));
  }

  /** Completes when the stream has ended as it should; the pieces come before. */
  Future<Void> stream(Endpoint endpoint, Work work, Call call, Consumer<DecodeChunk> pieces) {
    return send(Phase.DECODE, endpoint, work, call, true).compose(response -> pieces(response, call, pieces));
  }

  private Future<HttpClientResponse> send(Phase phase, Endpoint endpoint, Work work, Call call, boolean stream) {
    RequestOptions options = new RequestOptions().setMethod(HttpMethod.POST).setHost(endpoint.host())
        .setPort(endpoint.port()).setURI("/");
    String type = phase == Phase.PREFILL ? EventTypes.PREFILL_REQUESTED : EventTypes.DECODE_REQUESTED;
    return http.request(options)
        .recover(cause -> Future.failedFuture(CallFailure.notReached(phase, text(cause))))
        .compose(request -> {
          call.begun(request);
          request.putHeader("ce-specversion", "1.0").putHeader("ce-id", work.requestId())
              .putHeader("ce-source", SOURCE).putHeader("ce-type", type).putHeader("content-type", "application/json")
              .putHeader("accept", stream ? "text/event-stream" : "application/json");
          return request.send(Buffer.buffer(EventJson.write(work)));
        })
        .onSuccess(call::answered)
        .recover(cause -> Future.failedFuture(
            cause instanceof CallFailure ? cause : CallFailure.crashed(phase, text(cause))));
  }

  private static <T> Future<T> whole(Phase phase, HttpClientResponse response, Class<T> type) {
    return response.body()
        .recover(cause -> Future.failedFuture(CallFailure.crashed(phase, text(cause))))
        .map(body -> {
          if (response.statusCode() != 200) {
            boolean function = response.headers().contains(EventTypes.FUNCTION_HEADER);
            throw function ? CallFailure.of(phase, response.statusCode(), body.getBytes())
                : CallFailure.onTheWay(phase, response.statusCode(), body.getBytes());
          }
          return read(phase, body.getBytes(), type);
        });
  }

  private static Future<Void> pieces(HttpClientResponse response, Call call, Consumer<DecodeChunk> pieces) {
    if (response.statusCode() != 200) {
      return whole(Phase.DECODE, response, DecodeChunk.class).mapEmpty();
    }
    Promise<Void> end = Promise.promise();
    EventLines lines = new EventLines(json -> {
      if (end.future().isComplete() || call.cancelled()) {
        return;
      }
      try {
        DecodeChunk piece = read(Phase.DECODE, json, DecodeChunk.class);
        failOn(piece);
        pieces.accept(piece);
      } catch (RuntimeException e) {
        // Whatever it is: a piece that is lost must not end in an answer that looks whole.
        end.tryFail(e);
        response.request().reset();
      }
    });
    response.handler(lines);
    response.exceptionHandler(cause -> end.tryFail(CallFailure.crashed(Phase.DECODE, text(cause))));
    response.endHandler(ended -> {
      if (lines.done()) {
        end.tryComplete();
      } else {
        end.tryFail(CallFailure.crashed(Phase.DECODE, "its stream broke off"));
      }
    });
    return end.future();
  }

  /** An answer that the function itself gave up is no answer. */
  private static void failOn(DecodeChunk piece) {
    if (piece.error() != null) {
      throw CallFailure.of(Phase.DECODE, piece.error());
    }
    givenUp(piece.finishReason());
  }

  /** Throws for a finish reason that is none: an engine that is stopped aborts what it has. */
  static void givenUp(String finishReason) {
    if ("abort".equals(finishReason)) {
      throw CallFailure.taken(Phase.DECODE, "it was stopped");
    }
    if ("error".equals(finishReason)) {
      throw CallFailure.crashed(Phase.DECODE, "it gave up with finish reason error");
    }
  }

  private static <T> T read(Phase phase, byte[] json, Class<T> type) {
    try {
      return EventJson.read(json, type);
    } catch (InvalidParameterException e) {
      throw CallFailure.of(phase, new ErrorBody.Detail(
          "its answer could not be read: " + e.getMessage(), "server_error", null, "bad_function_answer"));
    }
  }

  private static String text(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
