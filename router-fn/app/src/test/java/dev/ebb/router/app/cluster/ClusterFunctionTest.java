package dev.ebb.router.app.cluster;

import static dev.ebb.router.app.testing.Awaiting.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.function.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whose readiness is asked for: at zero that is asked of Knative's activator, which counts it as demand. */
class ClusterFunctionTest {
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean withheld = true;

  private final class Seen implements ClusterFunction.Sight {
    @Override
    public boolean sees() {
      return true;
    }

    @Override
    public boolean ready() {
      return false;
    }

    @Override
    public boolean waitsForQuota() {
      return withheld;
    }

    @Override
    public boolean withheld() {
      return withheld;
    }

    @Override
    public boolean leftOut() {
      return false;
    }
  }

  @Test
  void oneThatIsWithheldIsNotWoken() throws IOException, InterruptedException {
    HttpServer activator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    activator.createContext("/", exchange -> {
      asked.incrementAndGet();
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    activator.start();
    ClusterFunction function = new ClusterFunction(Phase.PREFILL,
        new Endpoint("127.0.0.1", activator.getAddress().getPort()), 10, 60_000, new Seen(),
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    CompletableFuture<Endpoint> parked = function.ready();
    Thread.sleep(700);
    assertEquals(0, asked.get());
    assertEquals(1, function.parked());
    withheld = false;
    await(parked::isDone);
    assertEquals(1, asked.get());
    function.close();
    activator.stop(0);
  }
}
