package dev.ebb.keda.loop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** Answers the kubelet's probes: 200 while the watches are at work, else 503. A replica that does not lead is well. */
final class Health implements AutoCloseable {
  private final HttpServer server;

  /** Listens on all addresses. */
  Health(int port, BooleanSupplier healthy) throws IOException {
    server = HttpServer.create(new InetSocketAddress(port), 0);
    server.createContext("/", exchange -> answer(exchange, healthy.getAsBoolean()));
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, boolean healthy) throws IOException {
    byte[] body = (healthy ? "ok\n" : "a watch is down\n").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(healthy ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_UNAVAILABLE, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
