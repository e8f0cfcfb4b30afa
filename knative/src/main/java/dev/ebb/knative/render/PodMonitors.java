package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/**
 * What Prometheus scrapes: the applications themselves, not queue-proxy. Model and phase become labels of the series.
 */
final class PodMonitors {
  private PodMonitors() {}

  static List<Manifest> of(EbbYaml yaml) {
    return List.of(
        monitor(yaml, "ebb-router", RouterPart.COMPONENT, yaml.prometheus().routerScrapeSeconds()),
        monitor(yaml, "ebb-function", FunctionPart.COMPONENT, yaml.prometheus().functionScrapeSeconds()));
  }

  /** By number: the port's name differs between a Deployment and what Knative makes of a service. */
  private static Manifest monitor(EbbYaml yaml, String name, String component, int seconds) {
    Fields endpoint = Fields.of("portNumber", FunctionPart.PORT).and("path", "/metrics")
        .and("interval", seconds + "s");
    Fields spec = Fields.of("selector", Labels.selecting(Fields.of(Labels.COMPONENT, component)))
        .and("podTargetLabels", List.of(Labels.MODEL, Labels.PHASE))
        .and("podMetricsEndpoints", List.of(endpoint));
    return Manifest.of(yaml, Kind.POD_MONITOR, name,
        Fields.of("labels", Labels.common(yaml).andAll(yaml.prometheus().labels())), Fields.of("spec", spec));
  }
}
