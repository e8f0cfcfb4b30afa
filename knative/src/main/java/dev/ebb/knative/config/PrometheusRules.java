package dev.ebb.knative.config;

import java.util.Set;

/** What the values of {@code prometheus} must be to each other. */
final class PrometheusRules {
  /** By these the objects of an installation are found again. */
  private static final Set<String> OWN_LABELS =
      Set.of("app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/managed-by");

  private final EbbYaml.Prometheus prometheus;
  private final Report report;

  PrometheusRules(EbbYaml yaml, Report report) {
    prometheus = yaml.prometheus();
    this.report = report;
  }

  void check() {
    prometheus.labels().keySet().stream().filter(OWN_LABELS::contains).forEach(label -> report.at(
        "prometheus.labels." + label, "is Ebb's own, by which undeploy finds its objects", "take it out"));
    if (prometheus.ca().isPresent() && prometheus.url().startsWith("http:")) {
      report.at("prometheus.ca", "checks a certificate, and prometheus.url is http, where there is none",
          "write https in prometheus.url, or take ca out");
    }
  }
}
