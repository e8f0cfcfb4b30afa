package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import java.util.List;

/** What a router may read of Kueue. A place in a queue depends on others in it, whatever namespace they are in. */
final class ClusterRoles {
  private ClusterRoles() {}

  static List<Manifest> of(EbbYaml yaml) {
    Fields rule = Roles.reading(
        "kueue.x-k8s.io", "workloads", "localqueues", "clusterqueues", "cohorts", "resourceflavors");
    return yaml.quotas().stream()
        .map(quotas -> Manifest.of(yaml, Kind.CLUSTER_ROLE, yaml.name() + "-queue-reader", Labels.metadata(yaml),
            Fields.of("rules", List.of(rule))))
        .toList();
  }
}
