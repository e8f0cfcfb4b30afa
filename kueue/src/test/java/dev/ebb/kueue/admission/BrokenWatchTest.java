package dev.ebb.kueue.admission;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ebb.kueue.api.KueueApi;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An API server whose first watch of Workloads breaks off within an event, as behind a proxy that cuts. */
class BrokenWatchTest {
  private static final String GROUP = "/apis/kueue.x-k8s.io";
  private static final String EMPTY =
      "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";

  private final AtomicInteger lists = new AtomicInteger();
  private final AtomicInteger watches = new AtomicInteger();
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  @Test
  void isMadeAnew() throws Exception {
    HttpServer api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor(); KubernetesClient client = client(api)) {
      api.setExecutor(threads);
      api.createContext("/", this::serve);
      api.start();
      try (AdmissionWatcher watcher = new AdmissionWatcher(client, KueueApi.discover(client), "models", NOBODY)) {
        watcher.start().toCompletableFuture().get(20, TimeUnit.SECONDS);
        started.countDown();
        for (int i = 0; i < 400 && watches.get() < 2; i++) {
          Thread.sleep(50);
        }
        assertTrue(lists.get() > 1 && watches.get() > 1, lists + " lists and " + watches + " watches");
      } finally {
        over.countDown();
        api.stop(0);
      }
    }
  }

  private static final AdmissionListener NOBODY = new AdmissionListener() {
    @Override
    public void changed(PodAdmission now) {
      // Only the watch counts here.
    }

    @Override
    public void gone(PodAdmission last) {
      // Only the watch counts here.
    }
  };

  private static KubernetesClient client(HttpServer api) {
    return new KubernetesClientBuilder().withConfig(new ConfigBuilder()
        .withMasterUrl("http://127.0.0.1:" + api.getAddress().getPort()).withNamespace("models").build()).build();
  }

  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean workloads = path.endsWith("/workloads");
    exchange.getResponseHeaders().add("content-type", "application/json");
    if (String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true")) {
      watch(exchange, workloads);
      return;
    }
    lists.addAndGet(workloads ? 1 : 0);
    String text = switch (path) {
      case GROUP -> """
          {"kind": "APIGroup", "apiVersion": "v1", "name": "kueue.x-k8s.io",
           "versions": [{"groupVersion": "kueue.x-k8s.io/v1beta2", "version": "v1beta2"}]}
          """;
      case GROUP + "/v1beta2" -> """
          {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "kueue.x-k8s.io/v1beta2",
           "resources": [{"name": "workloads", "kind": "Workload", "namespaced": true}]}
          """;
      default -> EMPTY;
    };
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void watch(HttpExchange exchange, boolean workloads) throws IOException {
    // A client that asks for a WebSocket takes this as a no, and asks again without.
    boolean plain = exchange.getRequestHeaders().getFirst("Upgrade") == null;
    exchange.sendResponseHeaders(200, plain ? 0 : -1);
    if (plain) {
      exchange.getResponseBody().flush();
      if (workloads && watches.incrementAndGet() == 1) {
        await(started);
        exchange.getResponseBody().write("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Work\n".getBytes(
            StandardCharsets.US_ASCII));
        exchange.getResponseBody().flush();
      }
      await(over);
    }
    exchange.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
