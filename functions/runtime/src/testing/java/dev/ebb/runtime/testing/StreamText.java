package dev.ebb.runtime.testing;

import dev.ebb.events.DecodeChunk;
import dev.ebb.events.EventJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A stream read back strictly: nothing but {@code data: ...} events, the last of them {@code [DONE]}.
 *
 * @param chunks all events but the last
 */
public record StreamText(List<DecodeChunk> chunks) {
  private static final String PREFIX = "data: ";
  private static final String DONE = PREFIX + "[DONE]\n\n";

  public static StreamText parse(String body) {
    if (!body.endsWith(DONE)) {
      throw new AssertionError("the stream does not end with [DONE]: " + body);
    }
    List<DecodeChunk> chunks = new ArrayList<>();
    String events = body.substring(0, body.length() - DONE.length());
    while (!events.isEmpty()) {
      int end = events.indexOf("\n\n");
      String event = events.substring(0, end);
      if (!event.startsWith(PREFIX) || event.contains("\n")) {
        throw new AssertionError("no event of one line: " + event);
      }
      byte[] json = event.substring(PREFIX.length()).getBytes(StandardCharsets.UTF_8);
      chunks.add(EventJson.read(json, DecodeChunk.class));
      events = events.substring(end + 2);
    }
    return new StreamText(chunks);
  }

  /** Tokens of one answer. */
  public int[] tokens(int choice) {
    return chunks.stream()
        .filter(chunk -> chunk.choice() == choice)
        .flatMapToInt(chunk -> IntStream.of(chunk.tokenIds()))
        .toArray();
  }

  /** Text of one answer. */
  public String text(int choice) {
    StringBuilder text = new StringBuilder();
    chunks.stream().filter(chunk -> chunk.choice() == choice).forEach(chunk -> text.append(chunk.text()));
    return text.toString();
  }
}
