package dev.ebb.knative.preflight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.ModelSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Asks the Prometheus of a file for the series that KEDA will ask it for, through the API server's service proxy. */
final class PrometheusReader {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final EbbYaml yaml;

  PrometheusReader(KubernetesClient client, EbbYaml yaml) {
    this.client = client;
    this.yaml = yaml;
  }

  Scrape read(Set<String> namespaces) {
    String query = "sum by (model, phase) (ebb_demand{namespace=\"" + yaml.namespace() + "\"})";
    Optional<ServiceAddress> address =
        ServiceAddress.of(yaml.prometheus().url(), yaml.namespaces().keda(), namespaces);
    if (address.isEmpty()) {
      return new Scrape.Outside(query);
    }
    return asked(address.get(), query);
  }

  private Scrape asked(ServiceAddress address, String query) {
    try {
      if (client.services().inNamespace(address.namespace()).withName(address.name()).get() == null) {
        return new Scrape.NoService(address);
      }
      String text = client.raw(address.proxy() + "/api/v1/query?query="
          + URLEncoder.encode(query, StandardCharsets.UTF_8).replace("+", "%20"));
      if (text == null) {
        return new Scrape.Silent(address, "which finds no endpoints of that Service", query);
      }
      JsonNode answer = JSON.readTree(text);
      return answer.path("status").asText().equals("success") ? new Scrape.Answered(wanted(), seen(answer))
          : new Scrape.Silent(address, "this is no answer of Prometheus", query);
    } catch (JsonProcessingException e) {
      return new Scrape.Silent(address, "this is no answer of Prometheus", query);
    } catch (KubernetesClientException e) {
      if (isLocked(e)) {
        return new Scrape.Locked(e.getCode());
      }
      String said = e.getStatus() == null ? null : e.getStatus().getMessage();
      return new Scrape.Silent(address, (said == null ? String.valueOf(e.getMessage()) : said).strip(), query);
    }
  }

  /** Whether Prometheus refused, or a proxy before it. What the API server itself refuses has a reason of its own. */
  private static boolean isLocked(KubernetesClientException refusal) {
    boolean credentials = refusal.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED
        || refusal.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
    return credentials && (refusal.getStatus() == null || refusal.getStatus().getReason() == null);
  }

  private static Set<String> seen(JsonNode answer) {
    Set<String> seen = new TreeSet<>();
    answer.at("/data/result").forEach(one ->
        seen.add(one.at("/metric/model").asText() + "/" + one.at("/metric/phase").asText()));
    return seen;
  }

  private Set<String> wanted() {
    Set<String> routers = client.apps().deployments().inNamespace(yaml.namespace()).list().getItems().stream()
        .map(deployment -> deployment.getMetadata().getName()).collect(Collectors.toSet());
    Set<String> wanted = new TreeSet<>();
    yaml.models().stream().filter(model -> routers.contains(router(model))).forEach(model -> {
      wanted.add(model.id() + "/decode");
      model.prefill().ifPresent(prefill -> wanted.add(model.id() + "/prefill"));
    });
    return wanted;
  }

  private static String router(ModelSpec model) {
    return model.slug() + "-router";
  }
}
