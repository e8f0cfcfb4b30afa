package dev.ebb.images;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.BooleanSupplier;

/** What answers at a port of this machine. */
record Served(int port) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long START_SECONDS_MAX = 60;
  private static final long POLL_MILLIS = 5;

  static Served atFreePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return new Served(socket.getLocalPort());
    }
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Waits until it is ready; false when {@code alive} is false before, or it takes too long. */
  boolean becomesReady(BooleanSupplier alive) throws InterruptedException {
    long end = System.nanoTime() + START_SECONDS_MAX * 1_000_000_000;
    while (alive.getAsBoolean() && System.nanoTime() < end) {
      if (isReady()) {
        return true;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return false;
  }

  String post(String path, String json) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path)).header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json)).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private boolean isReady() throws InterruptedException {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/q/health/ready")).build();
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }
}
