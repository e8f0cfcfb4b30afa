package dev.ebb.router.app.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.router.app.config.ClusterSettings;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.config.RouterSettings.PlatformKind;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.app.platform.Loss;
import dev.ebb.router.app.testing.TestCluster;
import dev.ebb.router.demand.Demand;
import dev.ebb.router.function.FunctionState;
import dev.ebb.router.function.Phase;
import dev.ebb.router.request.Refusal;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An API server that comes and goes, beside a function that answers its readiness check or not. */
class ClusterPlatformTest {
  private static final LongSupplier CLOCK_MS = () -> System.nanoTime() / 1_000_000;

  private HttpServer function;
  private volatile int status = 200;
  private int apiPort;
  private ClusterPlatform platform;

  @BeforeEach
  void start() throws IOException {
    function = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    function.createContext("/", exchange -> {
      exchange.sendResponseHeaders(status, -1);
      exchange.close();
    });
    function.start();
    try (ServerSocket socket = new ServerSocket(0)) {
      apiPort = socket.getLocalPort();
    }
    KubernetesClient client = new KubernetesClientBuilder().withConfig(new ConfigBuilder()
        .withMasterUrl("http://127.0.0.1:" + apiPort).withNamespace("models").withRequestRetryBackoffLimit(0)
        .build()).build();
    Optional<URI> url = Optional.of(URI.create("http://127.0.0.1:" + function.getAddress().getPort()));
    RouterSettings settings = new RouterSettings("my.model", Path.of("m"), PlatformKind.CLUSTER, Optional.empty(),
        Optional.empty(), url, url, 0, 1, 1_000, 3_000, 1_024, 1_024, 2, 0, 0, 16, KvLayout.Type.F16, 0,
        0, ClusterSettings.none());
    platform = new ClusterPlatform(client, settings, new Demand(List.of("my.model"), CLOCK_MS), CLOCK_MS);
  }

  @AfterEach
  void stop() {
    platform.close();
    function.stop(0);
  }

  private static void await(BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 2_000 && !holds.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(holds.getAsBoolean(), "in time");
  }

  @Test
  void withoutAnApiServerFunctionsAreAsked() throws Exception {
    status = 503;
    CompletableFuture<Endpoint> parked = platform.ready(Phase.DECODE);
    Thread.sleep(500);
    assertFalse(parked.isDone());
    status = 200;
    assertEquals(function.getAddress().getPort(), parked.get(5, TimeUnit.SECONDS).port());
    assertEquals(Loss.UNKNOWN, platform.loss(Phase.DECODE, "decode-1", 0));
    assertTrue(platform.waiting(Phase.DECODE).isEmpty());
    platform.suspect(Phase.DECODE, new Endpoint("x", 1));
    assertEquals(FunctionState.STOPPED, platform.state(Phase.DECODE), "asked again after a call that broke");
  }

  @Test
  void anApiServerThatComesIsBelievedAndOneThatGoesIsDoneWithout() throws Exception {
    platform.ready(Phase.DECODE).get(5, TimeUnit.SECONDS);
    try (TestCluster cluster = new TestCluster(apiPort)) {
      await(() -> platform.state(Phase.DECODE) == FunctionState.STOPPED);
      cluster.pod("my-model", "decode", "decode-1", true);
      await(() -> platform.state(Phase.DECODE) == FunctionState.READY);
      assertEquals(FunctionState.STOPPED, platform.state(Phase.PREFILL), "another phase is another function");
      assertEquals(Loss.CRASHED, platform.loss(Phase.DECODE, "decode-1", 0));
      assertFalse(platform.overdue(Phase.DECODE, "decode-1", 0));
      cluster.deletePod("decode-1");
      await(() -> platform.loss(Phase.DECODE, "decode-1", 0) == Loss.TAKEN);
      // Also where no quota is; the pod is gone from the store before its end is noted.
      await(() -> platform.overdue(Phase.DECODE, "decode-1", 0));
      assertFalse(platform.overdue(Phase.DECODE, "decode-2", 0), "one that was never seen may be yet to be");
      assertEquals(FunctionState.STOPPED, platform.state(Phase.DECODE));
    }
    await(() -> platform.loss(Phase.DECODE, "decode-1", 0) == Loss.UNKNOWN);
    platform.ready(Phase.DECODE).get(5, TimeUnit.SECONDS);
  }

  @Test
  void waitingIsBoundedInNumberAndTime() {
    status = 503;
    List<CompletableFuture<Endpoint>> parked =
        List.of(platform.ready(Phase.DECODE), platform.ready(Phase.DECODE), platform.ready(Phase.DECODE));
    assertEquals("too_many_waiting", refusal(parked.getLast()).code());
    assertEquals("function_unavailable", refusal(parked.getFirst()).code());
  }

  private static Refusal refusal(CompletableFuture<Endpoint> place) {
    try {
      throw new AssertionError("was given " + place.join());
    } catch (CompletionException e) {
      return (Refusal) e.getCause();
    }
  }
}
