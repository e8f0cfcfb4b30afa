package dev.ebb.cli.model;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A hub on the loopback address whose behaviour a test sets; one that redirects has its store on 127.0.0.2. */
final class FakeHub implements AutoCloseable {
  /** What was asked for: path, range and authorization of every request, in order. */
  record Request(String host, String path, String range, String authorization) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> files = new HashMap<>();
  final AtomicInteger failuresLeft = new AtomicInteger();
  int failureStatus = 503;

  /** Bytes after which each of the first {@code failuresLeft} connections breaks; 0 answers with failureStatus. */
  int breakAfter;

  /** Bytes after which each of the first {@code failuresLeft} connections falls silent; 0 for never. */
  int silentAfter;

  boolean honoursRange = true;
  boolean redirects;
  boolean tellsLength = true;
  String linkedEtag;

  /** Where every request is sent on to, however wrong; null for the store. */
  String location;
  String etag = "\"v1\"";

  private final HttpServer server;
  private final HttpServer store;

  FakeHub() throws IOException {
    server = serve("127.0.0.1");
    store = serve("127.0.0.2");
  }

  Hub hub(String token) {
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Hub(endpoint, token, Duration.ofMillis(5), Duration.ofSeconds(silentAfter > 0 ? 1 : 30));
  }

  String endpoint() {
    return hub("").endpoint().toString();
  }

  List<String> ranges() {
    return requests.stream().map(Request::range).toList();
  }

  @Override
  public void close() {
    server.stop(0);
    store.stop(0);
  }

  private HttpServer serve(String address) throws IOException {
    HttpServer http = HttpServer.create(new InetSocketAddress(address, 0), 16);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::answer);
    http.start();
    return http;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String host = exchange.getLocalAddress().getAddress().getHostAddress();
      requests.add(new Request(host, path, exchange.getRequestHeaders().getFirst("Range"),
          exchange.getRequestHeaders().getFirst("Authorization")));
      byte[] file = files.get(path);
      if (file == null) {
        exchange.sendResponseHeaders(404, -1);
      } else if (redirects && host.equals("127.0.0.1")) {
        redirect(exchange, path);
      } else {
        boolean fails = failuresLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        send(exchange, file, fails);
      }
    }
  }

  private void redirect(HttpExchange exchange, String path) throws IOException {
    if (linkedEtag != null) {
      exchange.getResponseHeaders().set("X-Linked-Etag", '"' + linkedEtag + '"');
    }
    exchange.getResponseHeaders().set("Location",
        location == null ? "http://127.0.0.2:" + store.getAddress().getPort() + path : location);
    exchange.sendResponseHeaders(302, -1);
  }

  private void send(HttpExchange exchange, byte[] file, boolean fails) throws IOException {
    if (fails && breakAfter == 0 && silentAfter == 0) {
      exchange.getResponseHeaders().set("Retry-After", "0");
      exchange.sendResponseHeaders(failureStatus, -1);
      return;
    }
    exchange.getResponseHeaders().set("ETag", etag);
    int from = from(exchange);
    if (from >= file.length && from > 0) {
      exchange.sendResponseHeaders(416, -1);
      return;
    }
    if (from > 0) {
      exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, tellsLength ? file.length - from : 0);
    int to = fails ? Math.min(file.length, from + breakAfter + silentAfter) : file.length;
    exchange.getResponseBody().write(Arrays.copyOfRange(file, from, to));
    exchange.getResponseBody().flush();
    if (fails && silentAfter > 0) {
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int from(HttpExchange exchange) {
    String range = exchange.getRequestHeaders().getFirst("Range");
    boolean same = etag.equals(exchange.getRequestHeaders().getFirst("If-Range"));
    return range == null || !honoursRange || !same ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
  }
}
