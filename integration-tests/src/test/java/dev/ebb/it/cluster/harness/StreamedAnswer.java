package dev.ebb.it.cluster.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A streamed completion under way: its tokens, and the comment lines beside them, as they arrive. */
public final class StreamedAnswer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(300);

  private final List<Integer> tokens = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> end;
  private final CompletableFuture<Stream<String>> open = new CompletableFuture<>();
  private volatile String model = "";

  private StreamedAnswer(Api api, Map<String, Object> body) {
    end = CompletableFuture.runAsync(() -> read(api, body), task -> Thread.ofVirtual().start(task));
  }

  /** Asks for a greedy completion of so many tokens, neither more nor fewer. */
  public static StreamedAnswer begin(Api api, String model, String prompt, int count) {
    return new StreamedAnswer(api, Map.of("model", model, "prompt", prompt, "max_tokens", count, "temperature", 0,
        "ignore_eos", true, "stream", true, "return_token_ids", true));
  }

  /** The tokens so far. */
  public List<Integer> tokens() {
    return List.copyOf(tokens);
  }

  /** The lines that clients pass over, so far. */
  public List<String> comments() {
    return List.copyOf(comments);
  }

  /** The model that the answer names; empty before its first event. */
  public String model() {
    return model;
  }

  /** Waits for so many tokens; fails at once where the stream ended before. */
  public void awaitTokens(int count) {
    Await.until(count + " tokens, of which came " + tokens.size(), LIMIT, () -> tokens.size() >= count || failed());
  }

  /** Waits for a comment line with these words in it. */
  public String awaitComment(String words) {
    return awaitComment(words, 0);
  }

  /** Waits for such a line behind the first {@code known} of {@link #comments}. */
  public String awaitComment(String words, int known) {
    Await.until("a line with '" + words + "', came " + comments, LIMIT,
        () -> comment(words, known).isPresent() || failed());
    return comment(words, known).orElseThrow(() ->
        new AssertionError("the answer ended, with " + tokens.size() + " tokens, before a line with '" + words + "'"));
  }

  /** The whole answer's tokens, once it is there. */
  public List<Integer> whole() {
    end.orTimeout(LIMIT.toSeconds() * 2, TimeUnit.SECONDS).join();
    return tokens();
  }

  @Override
  public void close() {
    open.thenAccept(Stream::close);
  }

  private Optional<String> comment(String words, int known) {
    return comments.stream().skip(known).filter(one -> one.contains(words)).findFirst();
  }

  /** Whether it ended with an error, which it then throws. */
  private boolean failed() {
    if (end.isCompletedExceptionally()) {
      end.join();
    }
    return end.isDone();
  }

  private void read(Api api, Map<String, Object> body) {
    List<String> last = new ArrayList<>();
    try (Stream<String> lines = api.openStream("/v1/completions", body).body()) {
      open.complete(lines);
      lines.filter(line -> !line.isEmpty()).forEach(line -> {
        last.add(line);
        take(line);
      });
    } finally {
      open.complete(Stream.empty());
    }
    if (last.isEmpty() || !last.getLast().equals("data: [DONE]")) {
      throw new AssertionError("the stream ended with " + (last.isEmpty() ? "nothing" : last.getLast()));
    }
  }

  private void take(String line) {
    if (line.startsWith(":")) {
      comments.add(line);
    } else if (!line.equals("data: [DONE]")) {
      JsonNode event = event(line);
      model = event.path("model").asText(model);
      event.at("/choices/0/token_ids").forEach(id -> tokens.add(id.asInt()));
      if (event.has("error")) {
        throw new AssertionError(line);
      }
    }
  }

  private static JsonNode event(String line) {
    try {
      return Api.JSON.readTree(line.substring(line.indexOf('{')));
    } catch (JsonProcessingException | IndexOutOfBoundsException e) {
      throw new AssertionError("no event: " + line, e);
    }
  }
}
