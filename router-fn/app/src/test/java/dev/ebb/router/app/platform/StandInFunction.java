package dev.ebb.router.app.platform;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Main class of a process that stands in for a function in tests. A file {@code order} in its working folder says
 * what it does: nothing special, {@code refuse} to start, or {@code deaf} to the request to stop. Asked to
 * {@code /exhaust} its memory it does.
 */
public final class StandInFunction {
  private StandInFunction() {}

  public static void main(String[] args) throws IOException {
    String order = Files.exists(Path.of("order")) ? Files.readString(Path.of("order")).strip() : "";
    if (order.startsWith("refuse")) {
      System.out.println("something unimportant");
      System.out.println("12:00 ERROR stand-in cannot start (MODEL_UNUSABLE): the model is odd");
      System.out.println("one more line");
      System.exit(Integer.parseInt(order.substring("refuse".length()).strip()));
    }
    int port = Integer.parseInt(System.getenv("QUARKUS_HTTP_PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress(System.getenv("QUARKUS_HTTP_HOST"), port), 0);
    server.createContext("/q/health/ready", exchange -> {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.createContext("/exhaust", exchange -> exhaust());
    server.start();
    if (order.equals("deaf")) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        try {
          Thread.sleep(60_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }));
    }
  }

  /** More memory than there is, in a program that lives on without. */
  private static void exhaust() {
    try {
      System.out.println(new long[Integer.MAX_VALUE - 8].length);
    } catch (OutOfMemoryError e) {
      System.out.println(e.getMessage());
    }
  }
}
