package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.QuotaSpec;
import java.util.List;

/** The queues as pods name them. */
final class LocalQueues {
  private LocalQueues() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.quotas().map(QuotaSpec::queues).orElse(List.of()).stream()
        .map(queue -> Manifest.of(yaml, Kind.LOCAL_QUEUE, queue.name(), Labels.metadata(yaml),
            Fields.of("spec", Fields.of("clusterQueue", ClusterQueues.name(yaml, queue.name())))))
        .toList();
  }
}
