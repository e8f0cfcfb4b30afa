package dev.ebb.knative.preflight;

import com.sun.net.httpserver.HttpExchange;
import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.LoopbackApi;
import java.io.IOException;
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
  private final LoopbackApi server = new LoopbackApi(this::answer);

  Api api() {
    return server.api();
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
    server.close();
  }
}
