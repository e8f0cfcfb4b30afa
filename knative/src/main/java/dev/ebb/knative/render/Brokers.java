package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** Where CloudEvents come in. */
final class Brokers {
  private Brokers() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.broker().stream()
        .map(broker -> Manifest.of(yaml, Kind.BROKER, broker.name(),
            Labels.metadata(yaml)
                .and("annotations", Fields.of("eventing.knative.dev/broker.class", broker.brokerClass())),
            Fields.of("spec", Fields.of("delivery", delivery()))))
        .toList();
  }

  /** A request may meet a router that restarts. */
  private static Fields delivery() {
    return Fields.of("retry", 5).and("backoffPolicy", "exponential").and("backoffDelay", "PT1S");
  }
}
