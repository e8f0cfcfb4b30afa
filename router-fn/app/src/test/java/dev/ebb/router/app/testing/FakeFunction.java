package dev.ebb.router.app.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * An HTTP server in the place of a function. Each request takes the next planned behaviour, or the usual one when
 * none is planned, and is kept for the test to look at.
 */
public final class FakeFunction {

  /** A request as it came. */
  public record Received(String type, String accept, String source, JsonNode work) {}

  /** What a request meets. */
  public interface Behaviour extends BiConsumer<HttpServerRequest, JsonNode> {}

  private final Queue<Behaviour> planned = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> dropped = new LinkedBlockingQueue<>();
  private final Behaviour usual;
  private volatile boolean ready = true;
  private volatile String instance = "fake";

  FakeFunction(Vertx vertx, int port, Behaviour usual) {
    this.usual = usual;
    vertx.createHttpServer().requestHandler(this::handle).listen(port, "127.0.0.1")
        .toCompletionStage().toCompletableFuture().join();
  }

  private void handle(HttpServerRequest request) {
    if (request.path().equals("/q/health/ready")) {
      request.response().setStatusCode(ready ? 200 : 503).end();
      return;
    }
    request.body().onSuccess(body -> event(request, body));
  }

  private void event(HttpServerRequest request, Buffer body) {
    try {
      JsonNode work = EventJson.MAPPER.readTree(body.getBytes());
      received.add(new Received(request.getHeader("ce-type"), request.getHeader("accept"),
          request.getHeader("ce-source"), work));
      request.response().putHeader(EventTypes.FUNCTION_HEADER, instance);
      request.response().closeHandler(closed -> dropped.add(work.path("request_id").asText()));
      Behaviour behaviour = planned.poll();
      (behaviour == null ? usual : behaviour).accept(request, work);
    } catch (IOException e) {
      request.response().setStatusCode(400).end(e.toString());
    }
  }

  /** The next requests meet these, in this order. */
  public FakeFunction plan(Behaviour... behaviours) {
    planned.addAll(List.of(behaviours));
    return this;
  }

  public void ready(boolean isReady) {
    ready = isReady;
  }

  /** What it calls itself from now on. */
  public FakeFunction named(String name) {
    instance = name;
    return this;
  }

  /** The next request that came; fails when none comes. */
  public Received next() {
    return poll(received, "no request came");
  }

  /** Whether a request came that the test has not looked at. */
  public boolean idle() {
    return received.isEmpty();
  }

  /** The id of the next request whose connection was closed by the router before its end. */
  public String nextDropped() {
    return poll(dropped, "no request was dropped");
  }

  /** Forgets plans and records. */
  public void reset() {
    planned.clear();
    received.clear();
    dropped.clear();
    ready = true;
    instance = "fake";
  }

  private static <T> T poll(BlockingQueue<T> queue, String otherwise) {
    try {
      T next = queue.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError(otherwise);
      }
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
