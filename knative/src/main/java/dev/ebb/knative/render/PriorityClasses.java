package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.QuotaSpec;
import java.util.List;

/** Kueue's priorities. */
final class PriorityClasses {
  private PriorityClasses() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.quotas().map(QuotaSpec::priorities).orElse(List.of()).stream()
        .map(priority -> Manifest.of(yaml, Kind.PRIORITY_CLASS, name(yaml, priority.name()), Labels.metadata(yaml),
            Fields.of("value", priority.value())))
        .toList();
  }

  /** Cluster-wide, so it bears the installation's name. */
  static String name(EbbYaml yaml, String priority) {
    return yaml.name() + "-" + priority;
  }
}
