package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.QuotaSpec;
import java.util.List;

/** Kueue's kinds of nodes. */
final class ResourceFlavors {
  private ResourceFlavors() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.quotas().map(QuotaSpec::flavors).orElse(List.of()).stream()
        .map(flavor -> Manifest.of(yaml, Kind.RESOURCE_FLAVOR, name(yaml, flavor.name()), Labels.metadata(yaml),
            Fields.of("spec", new Fields().andAny("nodeLabels", flavor.nodeLabels())
                .andAny("tolerations", Placement.tolerations(flavor.tolerations())))))
        .toList();
  }

  /** Cluster-wide, so it bears the installation's name. */
  static String name(EbbYaml yaml, String flavor) {
    return yaml.name() + "-" + flavor;
  }
}
