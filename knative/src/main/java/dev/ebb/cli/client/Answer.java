package dev.ebb.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.cli.CliException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * One streamed answer. Another thread may {@link #cancel} it; dropping the connection frees the server's side. Lines
 * come over a queue of our own, since a read of the HTTP client's stream may sleep through a close by another thread.
 */
public final class Answer implements AutoCloseable {
  private static final String DATA = "data:";

  /** Empty at the end of the lines, however it came. */
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private final CompletableFuture<HttpResponse<byte[]>> exchange;
  private final String url;
  private volatile boolean cancelled;

  Answer(HttpClient http, HttpRequest request) {
    url = request.uri().getScheme() + "://" + request.uri().getAuthority();
    exchange = http.sendAsync(request, info -> info.statusCode() == 200 ? toQueue() : BodySubscribers.ofByteArray());
    exchange.whenComplete((answer, failure) -> lines.add(Optional.empty()));
  }

  /**
   * Reads to the end.
   *
   * @param text gets each piece as it comes
   * @return the whole text; what came of it when it was cancelled
   * @throws CliException when the server refuses, or ends the stream with an error or before its end
   */
  public String read(Consumer<String> text) throws IOException, InterruptedException {
    StringBuilder whole = new StringBuilder();
    for (Optional<String> line = lines.take(); line.isPresent(); line = lines.take()) {
      if (cancelled || isEnd(line.get())) {
        return whole.toString();
      }
      String piece = piece(line.get());
      whole.append(piece);
      text.accept(piece);
    }
    if (!cancelled) {
      throw brokenOff();
    }
    return whole.toString();
  }

  /** Ends it early. */
  public void cancel() {
    cancelled = true;
    close();
  }

  /** Whether it was ended early. */
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void close() {
    exchange.cancel(true);
  }

  private CliException brokenOff() throws IOException {
    if (exchange.isCompletedExceptionally()) {
      Throwable failure = exchange.exceptionNow();
      while (failure != null && !(failure instanceof ConnectException)) {
        failure = failure.getCause();
      }
      if (failure != null) {
        return new CliException(RouterClient.absent(url), failure);
      }
    } else {
      HttpResponse<byte[]> answer = exchange.join();
      if (answer.statusCode() != 200) {
        return RouterClient.failure(RouterClient.parse(answer.body()), answer.statusCode());
      }
    }
    return new CliException("the answer broke off before its end; see the router's log");
  }

  private BodySubscriber<byte[]> toQueue() {
    return BodySubscribers.fromLineSubscriber(new ToQueue(), end -> new byte[0], StandardCharsets.UTF_8, null);
  }

  private static boolean isEnd(String line) {
    return line.startsWith(DATA) && line.substring(DATA.length()).strip().equals("[DONE]");
  }

  private static String piece(String line) throws IOException {
    if (!line.startsWith(DATA)) {
      return "";
    }
    JsonNode event = RouterClient.JSON.readTree(line.substring(DATA.length()));
    if (event.has("error")) {
      throw RouterClient.failure(event, 0);
    }
    return event.path("choices").path(0).path("delta").path("content").asText("");
  }

  /** Passes lines on; their end is told by the exchange. */
  private final class ToQueue implements Flow.Subscriber<String> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      lines.add(Optional.of(line));
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }
}
