package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client's real calls, to a server that answers as an API server does that passes them on to Prometheus. */
class ScrapingTest {
  private static final String SERVICE = "/api/v1/namespaces/monitoring/services/prometheus-operated";
  private static final String PROXY =
      "/api/v1/namespaces/monitoring/services/http:prometheus-operated:9090/proxy/api/v1/query";
  private static final String MODEL = "smollm2-135m-instruct";

  private final Map<String, String> answers = new HashMap<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      String query = exchange.getRequestURI().getQuery();
      if (query != null) {
        queries.add(query);
      }
      String answer = answers.get(exchange.getRequestURI().getPath());
      byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
    answers.put("/api/v1/namespaces", "{\"kind\":\"NamespaceList\",\"items\":[]}");
    answers.put(SERVICE,
        "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"prometheus-operated\"}}");
    answers.put("/apis/apps/v1/namespaces/ebb/deployments", "{\"kind\":\"DeploymentList\",\"items\":["
        + "{\"metadata\":{\"name\":\"" + MODEL + "-router\"}}]}");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Finding found() throws Exception {
    EbbYaml yaml = YamlFiles.parsed(Files.readString(YamlFiles.EXAMPLE));
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(new ConfigBuilder(Config.empty())
        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort()).withRequestRetryBackoffLimit(0).build())
        .build()) {
      return Scraping.await(new Api(client), yaml, Duration.ZERO);
    }
  }

  private void series(String... phases) {
    String result = String.join(",", List.of(phases).stream().map(phase -> "{\"metric\":{\"model\":\"" + MODEL
        + "\",\"phase\":\"" + phase + "\"},\"value\":[1,\"0\"]}").toList());
    answers.put(PROXY, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + result + "]}}");
  }

  @Test
  void allSeriesAreThere() throws Exception {
    series("prefill", "decode");
    Finding finding = found();
    assertEquals(Finding.Grade.OK, finding.grade(), finding.toString());
    assertTrue(queries.contains("query=sum by (model, phase) (ebb_demand{namespace=\"ebb\"})"), queries.toString());
  }

  @Test
  void oneIsMissing() throws Exception {
    series("prefill");
    assertTrue(found().toString().startsWith(
        "warning  Prometheus           has no ebb_demand of " + MODEL + "/decode"), found().toString());
  }

  @Test
  void noAnswerIsSaidSo() throws Exception {
    assertTrue(found().text().contains("(which finds no endpoints of that Service), so it is not known whether it"
        + " scrapes"), found().toString());
    answers.put(PROXY, "<html>somebody else</html>");
    assertTrue(found().text().contains("this is no answer of Prometheus"), found().toString());
    answers.remove(SERVICE);
    assertTrue(found().text().contains("there is no Service prometheus-operated"), found().toString());
  }

  @Test
  void whichServiceAUrlNames() {
    Set<String> namespaces = Set.of("monitoring");
    assertEquals(Optional.of(new ServiceAddress("http", "p", "keda", 80, "")),
        ServiceAddress.of("http://p", "keda", namespaces));
    assertEquals(Optional.of(new ServiceAddress("https", "p", "monitoring", 443, "/prom")),
        ServiceAddress.of("https://p.monitoring/prom/", "keda", namespaces));
    assertEquals(Optional.of(new ServiceAddress("http", "p", "other", 9090, "")),
        ServiceAddress.of("http://p.other.svc.cluster.local:9090", "keda", namespaces));
    assertEquals(Optional.empty(), ServiceAddress.of("https://prometheus.example.com", "keda", namespaces));
    assertEquals(Optional.empty(), ServiceAddress.of("https://example.com", "keda", namespaces));
  }
}
