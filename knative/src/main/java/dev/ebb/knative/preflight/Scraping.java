package dev.ebb.knative.preflight;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.config.EbbYaml;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether Prometheus has what KEDA will ask it for, once routers are there. */
public final class Scraping {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private Scraping() {}

  /** Asks until it has every series, or cannot be asked, or the time is over. */
  public static Finding await(Api api, EbbYaml yaml, Duration limit) throws InterruptedException {
    Set<String> namespaces = namespaces(api);
    Instant end = Instant.now().plus(limit);
    Scrape scrape = new PrometheusReader(api.client(), yaml).read(namespaces);
    while (scrape instanceof Scrape.Answered answered && !answered.missing().isEmpty()
        && Instant.now().isBefore(end)) {
      Thread.sleep(PAUSE);
      scrape = new PrometheusReader(api.client(), yaml).read(namespaces);
    }
    return new PrometheusChecks(yaml).scraped(scrape);
  }

  /** Names of all namespaces. */
  static Set<String> namespaces(Api api) {
    return api.client().namespaces().list().getItems().stream()
        .map(namespace -> namespace.getMetadata().getName()).collect(Collectors.toSet());
  }
}
