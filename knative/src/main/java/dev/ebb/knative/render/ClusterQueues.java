package dev.ebb.knative.render;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.QuotaSpec;
import java.util.ArrayList;
import java.util.List;

/** Kueue's quotas, of this namespace alone. */
final class ClusterQueues {
  private ClusterQueues() {}

  static List<Manifest> of(EbbYaml yaml) {
    return yaml.quotas().map(QuotaSpec::queues).orElse(List.of()).stream()
        .map(queue -> Manifest.of(yaml, Kind.CLUSTER_QUEUE, name(yaml, queue.name()), Labels.metadata(yaml),
            Fields.of("spec", spec(yaml, queue))))
        .toList();
  }

  /** Cluster-wide, so it bears the installation's name. */
  static String name(EbbYaml yaml, String queue) {
    return yaml.name() + "-" + queue;
  }

  private static Fields spec(EbbYaml yaml, QuotaSpec.Queue queue) {
    List<Fields> flavors = queue.flavors().stream()
        .map(share -> Fields.of("name", ResourceFlavors.name(yaml, share.flavor())).and("resources", amounts(share)))
        .toList();
    Fields group = Fields.of("coveredResources", List.copyOf(resources(queue))).and("flavors", flavors);
    return Fields.of("namespaceSelector",
            Labels.selecting(Fields.of("kubernetes.io/metadata.name", yaml.namespace())))
        .and("queueingStrategy", "BestEffortFIFO")
        .and("preemption", Fields.of("withinClusterQueue", queue.preempts() ? "LowerPriority" : "Never"))
        .and("resourceGroups", List.of(group));
  }

  /** Every flavor names the same ones; the first gives their order. */
  private static List<String> resources(QuotaSpec.Queue queue) {
    return new ArrayList<>(queue.flavors().getFirst().nominal().keySet());
  }

  private static List<Fields> amounts(QuotaSpec.Share share) {
    return share.nominal().entrySet().stream()
        .map(amount -> Fields.of("name", amount.getKey()).and("nominalQuota", amount.getValue().text()))
        .toList();
  }
}
