package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against an API server that serves nothing: Serving and KEDA are not installed. */
@EnableKubernetesMockClient
@Timeout(30)
class StartTest {
  KubernetesClient client;

  @Test
  void aKindThatIsNotServedIsNamed() {
    Options options = Options.of(new String[] {"--namespace=ns"}, Map.of());
    try (Controller controller = new Controller(client, options, Clock.systemUTC())) {
      String message = assertThrows(IllegalStateException.class, controller::start).getMessage();
      assertTrue(message.contains("cannot watch Revisions") && message.contains("must be installed"), message);
    }
  }

  @Test
  void probesAreAnsweredByTheWatches() throws Exception {
    AtomicBoolean healthy = new AtomicBoolean(true);
    try (Health health = new Health(0, healthy::get); HttpClient http = HttpClient.newHttpClient()) {
      URI address = URI.create("http://localhost:" + health.port() + "/healthz");
      HttpRequest request = HttpRequest.newBuilder(address).build();
      assertEquals(200, http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
      healthy.set(false);
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      assertEquals(503, answer.statusCode());
      assertEquals("a watch is down\n", answer.body());
    }
  }
}
