package dev.ebb.knative.preflight;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.knative.cluster.Api;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers the client's real calls with what a test gives it, by path; 404 to all else. */
final class ApiServer implements AutoCloseable {
  final Map<String, String> answers = new HashMap<>();
  /** Statuses other than 200. */
  final Map<String, Integer> statuses = new HashMap<>();
  /** Method and path of every call. */
  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<String> queries = new CopyOnWriteArrayList<>();
  final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final KubernetesClient client;

  ApiServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::answer);
    server.start();
    client = new KubernetesClientBuilder().withConfig(new ConfigBuilder(Config.empty())
        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).withRequestRetryBackoffLimit(0).build())
        .build();
  }

  Api api() {
    return new Api(client);
  }

  /** What the API server says where a right is missing. */
  void forbids(String path, String message) {
    statuses.put(path, 403);
    answers.put(path, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
        + message + "\",\"reason\":\"Forbidden\",\"details\":{},\"code\":403}");
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    calls.add(exchange.getRequestMethod() + " " + path);
    if (exchange.getRequestURI().getQuery() != null) {
      queries.add(exchange.getRequestURI().getQuery());
    }
    authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    String answer = answers.get(path);
    byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type",
        answer == null || answer.startsWith("{") ? "application/json" : "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(statuses.getOrDefault(path, answer == null ? 404 : 200), body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
