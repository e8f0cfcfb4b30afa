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

  RouterMetrics(KubernetesClient client) {
    this.client = client;
  }

  /** Of a phase of a model; NaN where the router does not answer, or knows no such phase. */
  double demand(String namespace, String model, String phase) {
    return pages.computeIfAbsent(namespace + "/services/http:" + model + "-router:80", this::page)
        .map(page -> page.named(DEMAND).stream().filter(sample -> phase.equals(sample.labels().get("phase")))
            .mapToDouble(Metrics.Sample::value).sum()).orElse(Double.NaN);
  }

  private Optional<Metrics> page(String service) {
    try {
      String text = client.raw("/api/v1/namespaces/" + service + "/proxy/metrics");
      return Optional.ofNullable(text).map(Metrics::parse);
    } catch (KubernetesClientException e) {
      return Optional.empty();
    }
  }
}
