package dev.ebb.knative.status;

import dev.ebb.cli.client.Metrics;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Asks routers for their demand, through the API server's proxy of services, so that it works from anywhere. */
final class RouterMetrics {
  private static final String DEMAND = "ebb_demand";

  private final KubernetesClient client;
  private final Map<String, Optional<Metrics>> pages = new HashMap<>();
  private final Map<String, String> failures = new HashMap<>();

  RouterMetrics(KubernetesClient client) {
    this.client = client;
  }

  /** Of a phase of a model; NaN where the router does not answer, or knows no such phase. */
  double demand(String namespace, String model, String phase) {
    return pages.computeIfAbsent(service(namespace, model), this::page)
        .map(page -> page.named(DEMAND).stream().filter(sample -> phase.equals(sample.labels().get("phase"))).toList())
        .filter(samples -> !samples.isEmpty())
        .map(samples -> samples.stream().mapToDouble(Metrics.Sample::value).sum()).orElse(Double.NaN);
  }

  /** Why {@link #demand} is not known. */
  String unknown(String namespace, String model, String phase) {
    return failures.getOrDefault(service(namespace, model),
        "the router of " + model + " tells no " + DEMAND + " of " + phase);
  }

  private static String service(String namespace, String model) {
    return namespace + "/services/http:" + model + "-router:80";
  }

  private Optional<Metrics> page(String service) {
    try {
      String text = client.raw("/api/v1/namespaces/" + service + "/proxy/metrics");
      if (text == null) {
        failures.put(service, "no router behind " + service);
      }
      return Optional.ofNullable(text).map(Metrics::parse);
    } catch (KubernetesClientException e) {
      String said = e.getStatus() == null ? null : e.getStatus().getMessage();
      failures.put(service, "no answer from " + service + ": " + (said == null ? e.getMessage() : said).strip());
      return Optional.empty();
    }
  }
}
