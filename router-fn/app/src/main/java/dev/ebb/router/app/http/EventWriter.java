package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/** Writes server-sent events; holds the source up while the caller does not keep up. */
final class EventWriter {
  private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUFFIX = "\n\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpServerResponse response;
  private final Runnable beforeFirst;
  private final Runnable pause;
  private final Runnable resume;
  private boolean begun;
  private boolean paused;

  /**
   * @param beforeFirst runs before the head is written, to set headers
   * @param pause asks the source to hold, until {@code resume}
   */
  EventWriter(HttpServerResponse response, Runnable beforeFirst, Runnable pause, Runnable resume) {
    this.response = response;
    this.beforeFirst = beforeFirst;
    this.pause = pause;
    this.resume = resume;
  }

  boolean begun() {
    return begun;
  }

  void event(JsonNode event) {
    write(event.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The end mark, and the end of the response. */
  void done() {
    write("[DONE]".getBytes(StandardCharsets.US_ASCII));
    if (!response.closed()) {
      response.end();
    }
  }

  private void write(byte[] data) {
    if (response.closed()) {
      return;
    }
    if (!begun) {
      begun = true;
      beforeFirst.run();
      response.setChunked(true)
          .putHeader("content-type", "text/event-stream; charset=utf-8")
          .putHeader("cache-control", "no-cache");
    }
    response.write(Buffer.buffer(PREFIX.length + data.length + SUFFIX.length)
        .appendBytes(PREFIX).appendBytes(data).appendBytes(SUFFIX));
    if (!paused && response.writeQueueFull()) {
      paused = true;
      pause.run();
      response.drainHandler(drained -> {
        paused = false;
        resume.run();
      });
    }
  }
}
