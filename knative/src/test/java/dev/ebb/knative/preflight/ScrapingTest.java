package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client's real calls, to a server that answers as an API server does that passes them on to Prometheus. */
class ScrapingTest {
  private static final String SERVICE = "/api/v1/namespaces/monitoring/services/prometheus-operated";
  private static final String PROXY =
      "/api/v1/namespaces/monitoring/services/http:prometheus-operated:9090/proxy/api/v1/query";
  private static final String MODEL = "smollm2-135m-instruct";

  private final ApiServer server = new ApiServer();
  private final Map<String, String> answers = server.answers;

  @BeforeEach
  void start() {
    answers.put("/api/v1/namespaces", "{\"kind\":\"NamespaceList\",\"items\":[]}");
    answers.put(SERVICE,
        "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"prometheus-operated\"}}");
    answers.put("/apis/apps/v1/namespaces/ebb/deployments", "{\"kind\":\"DeploymentList\",\"items\":["
        + "{\"metadata\":{\"name\":\"" + MODEL + "-router\"}}]}");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Finding found() throws Exception {
    return found("");
  }

  private Finding found(String inPrometheus) throws Exception {
    EbbYaml yaml = YamlFiles.parsed(
        Files.readString(YamlFiles.EXAMPLE).replaceFirst("(?m)^prometheus:\n", "prometheus:\n" + inPrometheus));
    return Scraping.await(server.api(), yaml, Duration.ZERO);
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
    assertTrue(server.queries.contains("query=sum by (model, phase) (ebb_demand{namespace=\"ebb\"})"),
        server.queries.toString());
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

  /** Such an answer is Prometheus' own, passed on as it is: text, or what a proxy before it says. */
  @Test
  void credentialsThatItAsksForAreNoMissingSeries() throws Exception {
    answers.put(PROXY, "Unauthorized\n");
    server.statuses.put(PROXY, 401);
    assertTrue(found().text().startsWith("answers nobody without credentials (401), and the file has none"),
        found().toString());
    String auth = "  auth: {bearer: {secret: login, entry: token}}\n";
    assertTrue(found(auth).text().contains("(401), and those of prometheus.auth cannot go"), found(auth).toString());
    answers.put(PROXY, "{\"status\":\"error\",\"errorType\":\"forbidden\",\"error\":\"no\"}");
    server.statuses.put(PROXY, 403);
    assertTrue(found().text().startsWith("answers nobody without credentials (403)"), found().toString());
    assertEquals(List.of(), server.authorizations);
  }

  @Test
  void whatTheApiServerForbidsIsNotPrometheus() throws Exception {
    server.forbids(PROXY, "services \\\"http:prometheus-operated:9090\\\" is forbidden: User \\\"jo\\\" cannot get"
        + " resource services/proxy");
    String text = found().text();
    assertTrue(text.startsWith("does not answer through the API server (services") && text.contains("jo"), text);
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
