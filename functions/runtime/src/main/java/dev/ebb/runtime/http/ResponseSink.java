package dev.ebb.runtime.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** Server-sent events as the body of an HTTP reply; the head goes out with the first of them. */
final class ResponseSink implements EventStream.Sink {
  private final HttpServerRequest request;
  private final HttpServerResponse response;

  ResponseSink(HttpServerRequest request) {
    this.request = request;
    this.response = request.response();
  }

  @Override
  public Future<Void> write(Buffer bytes) {
    head();
    return response.closed() ? Future.succeededFuture() : response.write(bytes);
  }

  @Override
  public void end(Buffer bytes) {
    head();
    if (!response.closed()) {
      response.end(bytes);
    }
  }

  @Override
  public void abort() {
    if (request.version() == HttpVersion.HTTP_2) {
      response.reset();
    } else {
      // Vert.x closes after what is still to be written, and this client takes nothing more.
      ((ConnectionBase) request.connection()).channel().close();
    }
  }

  private void head() {
    if (!response.headWritten()) {
      response.setChunked(true);
      response.putHeader("content-type", "text/event-stream; charset=utf-8");
      response.putHeader("cache-control", "no-cache");
    }
  }
}
