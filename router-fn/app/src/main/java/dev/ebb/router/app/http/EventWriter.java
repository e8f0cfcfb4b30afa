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
  private final Runnable beforeHead;
  private final Runnable beforeFirst;
  private final Runnable pause;
  private final Runnable resume;
  private boolean headSent;
  private boolean begun;
  private boolean paused;

  /**
   * @param beforeHead runs before the head is written, to set headers
   * @param beforeFirst runs before the first event of the answer, which may be later than the head
   * @param pause asks the source to hold, until {@code resume}
   */
  EventWriter(HttpServerResponse response, Runnable beforeHead, Runnable beforeFirst, Runnable pause,
      Runnable resume) {
    this.response = response;
    this.beforeHead = beforeHead;
    this.beforeFirst = beforeFirst;
    this.pause = pause;
    this.resume = resume;
  }

  /** Whether anything is out, so that a status can no longer be told. */
  boolean headSent() {
    return headSent;
  }

  /** Whether an event is out, so that nobody else can answer any more. */
  boolean begun() {
    return begun;
  }

  void event(JsonNode event) {
    if (!begun && !response.closed()) {
      begun = true;
      beforeFirst.run();
    }
    data(event.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Why there is no more to come, which is no part of the answer. */
  void error(JsonNode error) {
    data(error.toString().getBytes(StandardCharsets.UTF_8));
    done();
  }

  /** An event of somebody else's answer as it came, but for the empty line at its end. */
  void pass(Buffer event) {
    begun = true;
    write(Buffer.buffer(event.length() + SUFFIX.length).appendBuffer(event).appendBytes(SUFFIX));
  }

  /** A line that clients of the protocol pass over, and people may read. */
  void comment(String text) {
    write(Buffer.buffer(": ").appendString(text.replaceAll("[\\r\\n]+", " ")).appendBytes(SUFFIX));
  }

  /** The end mark, and the end of the response. */
  void done() {
    data("[DONE]".getBytes(StandardCharsets.US_ASCII));
    end();
  }

  /** The end of the response, whose end mark was passed on. */
  void end() {
    if (!response.closed()) {
      response.end();
    }
  }

  private void data(byte[] data) {
    begun = true;
    write(Buffer.buffer(PREFIX.length + data.length + SUFFIX.length)
        .appendBytes(PREFIX).appendBytes(data).appendBytes(SUFFIX));
  }

  private void write(Buffer text) {
    if (response.closed()) {
      return;
    }
    if (!headSent) {
      headSent = true;
      beforeHead.run();
      response.setChunked(true)
          .putHeader("content-type", "text/event-stream; charset=utf-8")
          .putHeader("cache-control", "no-cache");
    }
    response.write(text);
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
