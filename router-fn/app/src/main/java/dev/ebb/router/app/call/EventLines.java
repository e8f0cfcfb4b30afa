package dev.ebb.router.app.call;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of server-sent events into their data, one line each. */
final class EventLines implements Handler<Buffer> {
  private static final byte[] PREFIX = "data:".getBytes(StandardCharsets.US_ASCII);
  private static final String DONE = "[DONE]";

  private final RecordParser lines = RecordParser.newDelimited("\n");
  private boolean done;

  /**
   * @param data gets the JSON of each event; not the end mark
   */
  EventLines(Consumer<byte[]> data) {
    lines.handler(line -> {
      if (!startsWithPrefix(line)) {
        return;
      }
      Buffer value = line.slice(PREFIX.length, line.length());
      if (value.toString(StandardCharsets.UTF_8).strip().equals(DONE)) {
        done = true;
      } else {
        data.accept(value.getBytes());
      }
    });
  }

  @Override
  public void handle(Buffer bytes) {
    lines.handle(bytes);
  }

  /** Whether the end mark came; without it the stream broke. */
  boolean done() {
    return done;
  }

  private static boolean startsWithPrefix(Buffer line) {
    if (line.length() < PREFIX.length) {
      return false;
    }
    for (int i = 0; i < PREFIX.length; i++) {
      if (line.getByte(i) != PREFIX[i]) {
        return false;
      }
    }
    return true;
  }
}
