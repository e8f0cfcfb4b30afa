package dev.ebb.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/**
 * A router's outside. In a test it runs inside; as a program it is what a test's distribution holds for a router, and
 * then it starts a child that outlives it unless somebody sees to it.
 */
final class FakeRouter implements AutoCloseable {
  final List<String> bodies = new CopyOnWriteArrayList<>();
  final CountDownLatch cancelled = new CountDownLatch(1);
  volatile String model = "tiny";
  private final CountDownLatch probed = new CountDownLatch(1);
  private final HttpServer server;

  FakeRouter(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 16);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  public static void main(String[] arguments) throws Exception {
    String model = System.getenv("EBB_MODEL_ID");
    if (model.equals("dies")) {
      System.out.println("cannot open the model");
      System.exit(3);
    }
    if (model.equals("unusable")) {
      System.exit(22);
    }
    new ProcessBuilder("sleep", "300").start();
    System.out.println("serving " + System.getenv("EBB_MODEL_PATH") + " idle " + System.getenv("EBB_IDLE_SECONDS"));
    FakeRouter router = new FakeRouter(Integer.parseInt(System.getenv("EBB_PORT")));
    if (model.equals("slow")) {
      router.probed.await();
      System.out.println("loading");
    }
    if (model.equals("ends")) {
      router.probed.await();
      // The answer that it is ready has to get out first.
      Thread.sleep(500);
      System.out.println("out of memory");
      System.exit(4);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      switch (exchange.getRequestURI().getPath()) {
        case "/q/health/ready" -> {
          reply(exchange, "slow".equals(System.getenv("EBB_MODEL_ID")) ? 503 : 200, "{}");
          probed.countDown();
        }
        case "/v1/models" -> reply(exchange, 200, "{\"data\": [{\"id\": \"" + model + "\"}]}");
        case "/metrics" -> reply(exchange, 200, """
            ebb_function_state{model="tiny",phase="decode",state="ready"} 1
            ebb_function_state{model="tiny",phase="decode",state="stopped"} 0
            ebb_demand{model="tiny",phase="decode"} 2
            """);
        case "/v1/chat/completions" -> chat(exchange);
        default -> reply(exchange, 404, "");
      }
    }
  }

  private void chat(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    bodies.add(body);
    // What was said last decides, not what the history repeats.
    String asked = body.substring(Math.max(0, body.lastIndexOf("\"content\"")));
    if (asked.contains("refuse")) {
      reply(exchange, 400, "{\"error\": {\"message\": \"no such thing\", \"type\": \"invalid_request_error\"}}");
    } else if (asked.contains("\"stream\":true")) {
      stream(exchange, asked);
    } else {
      reply(exchange, 200, "{\"choices\": [{\"message\": {\"content\": \"whole\"}}]}");
    }
  }

  private void stream(HttpExchange exchange, String asked) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    event(out, delta("Hel"));
    event(out, delta("lo é"));
    if (asked.contains("fail")) {
      event(out, "{\"error\": {\"message\": \"decode died\"}}");
    } else if (asked.contains("forever")) {
      talk(out);
    } else if (!asked.contains("break")) {
      event(out, "{\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}");
      event(out, "[DONE]");
    }
  }

  private void talk(OutputStream out) {
    try {
      while (true) {
        event(out, delta("."));
        Thread.sleep(10);
      }
    } catch (IOException e) {
      cancelled.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String delta(String text) {
    return "{\"choices\": [{\"delta\": {\"content\": \"" + text + "\"}}]}";
  }

  private static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
