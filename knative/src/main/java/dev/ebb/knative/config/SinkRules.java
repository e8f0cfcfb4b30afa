package dev.ebb.knative.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the sink of jobs must be for its address to follow from its name, since nobody looks it up for a job. */
final class SinkRules {
  static final String BROKER = "Broker";
  static final String BROKER_VERSION = "eventing.knative.dev/v1";
  private static final String PATH = "broker.jobs.sink";
  private static final Map<String, List<String>> VERSIONS =
      Map.of(BROKER, List.of(BROKER_VERSION), "Service", List.of("v1", "serving.knative.dev/v1"));

  private final EbbYaml yaml;
  private final Report report;

  SinkRules(EbbYaml yaml, Report report) {
    this.yaml = yaml;
    this.report = report;
  }

  void check() {
    yaml.broker().ifPresent(broker -> broker.jobs().ifPresent(jobs -> {
      if (jobs.sink() instanceof EbbYaml.SinkReference reference) {
        reference(broker, reference);
      }
    }));
  }

  private void reference(EbbYaml.Broker broker, EbbYaml.SinkReference reference) {
    List<String> versions = VERSIONS.getOrDefault(reference.kind(), List.of(reference.apiVersion()));
    if (!versions.contains(reference.apiVersion())) {
      report.at(PATH + ".ref.apiVersion",
          "is '" + reference.apiVersion() + "', of which no " + reference.kind() + " is",
          "write " + String.join(" or ", versions));
    }
    Optional<String> ingress = broker.ingress();
    if (reference.kind().equals(BROKER) && ingress.isEmpty()) {
      report.at(PATH, "is a Broker of class " + broker.brokerClass() + ", whose address does not follow from its name",
          "write sink: {url: ...} with the address in the status of that Broker");
    }
  }
}
