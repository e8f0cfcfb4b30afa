package dev.ebb.runtime.http;

import dev.ebb.events.EventJson;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Server-sent events from the engine thread to one client. Sending never waits: events queue up while
 * the client's connection takes earlier ones, go out together after that, and when too many wait the
 * stream is given up.
 */
final class EventStream {
  private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUFFIX = "\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Context loop;
  private final Sink sink;
  private final StreamBacklog backlog;
  private final Runnable tooSlow;
  private final Queue<Object> queue = new ArrayDeque<>();
  private boolean writing;
  private boolean finished;
  private boolean givenUp;

  /** The client's end of a stream; called on the connection's event loop alone. */
  interface Sink {
    /** Hands over bytes; the future succeeds when the client's connection took them. */
    Future<Void> write(Buffer bytes);

    /** Ends the reply after these bytes. */
    void end(Buffer bytes);

    /** Breaks the connection off, so that the client does not take the answer for complete. */
    void abort();
  }

  /**
   * @param loop event loop of the connection
   * @param backlog room for events that wait for their clients
   * @param tooSlow told once, on the sending thread, when more wait
   */
  EventStream(Context loop, Sink sink, StreamBacklog backlog, Runnable tooSlow) {
    this.loop = loop;
    this.sink = sink;
    this.backlog = backlog;
    this.tooSlow = tooSlow;
  }

  /** Sends one event, which must not change any more. Dropped after {@link #finish} or giving up. */
  void send(Object event) {
    synchronized (this) {
      if (finished || givenUp) {
        return;
      }
      if (backlog.take(queue.size())) {
        queue.add(event);
        startWriting();
        return;
      }
      givenUp = true;
      backlog.giveBack(queue.size());
      queue.clear();
    }
    tooSlow.run();
    loop.runOnContext(ignored -> sink.abort());
  }

  /** Ends the stream after what was sent. */
  synchronized void finish() {
    if (!finished && !givenUp) {
      finished = true;
      startWriting();
    }
  }

  private void startWriting() {
    if (!writing) {
      writing = true;
      loop.runOnContext(ignored -> write());
    }
  }

  /** On the event loop: one write at a time, of all that waits. */
  private void write() {
    List<Object> events;
    boolean last;
    synchronized (this) {
      if (givenUp || queue.isEmpty() && !finished) {
        writing = false;
        return;
      }
      events = List.copyOf(queue);
      backlog.giveBack(queue.size());
      queue.clear();
      last = finished;
    }
    Buffer bytes = Buffer.buffer();
    for (Object event : events) {
      bytes.appendBytes(PREFIX).appendBytes(EventJson.write(event)).appendBytes(SUFFIX);
    }
    if (last) {
      sink.end(bytes.appendBytes(DONE));
    } else {
      sink.write(bytes).onComplete(written -> write());
    }
  }
}
