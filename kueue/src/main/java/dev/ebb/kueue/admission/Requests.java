package dev.ebb.kueue.admission;

import dev.ebb.kueue.quota.Amounts;
import dev.ebb.kueue.resource.Workload;
import dev.ebb.kueue.resource.WorkloadSpec;
import dev.ebb.kueue.resource.WorkloadStatus;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a Workload asks for. */
final class Requests {
  private Requests() {}

  /**
   * All that its pods need together, by name of the resource: as Kueue counted it where it did, else by the pods'
   * containers. The latter leaves out init containers and overhead, which Kueue adds.
   */
  static Map<String, Quantity> of(Workload workload) {
    WorkloadStatus status = workload.getStatus();
    if (status != null && status.admission != null && !status.admission.podSetAssignments.isEmpty()) {
      return sum(status.admission.podSetAssignments.stream().map(part -> part.resourceUsage).toList());
    }
    if (status != null && !status.resourceRequests.isEmpty()) {
      return sum(status.resourceRequests.stream().map(part -> part.resources).toList());
    }
    return sum(workload.getSpec().podSets.stream().map(Requests::ofPods).toList());
  }

  private static Map<String, Quantity> ofPods(WorkloadSpec.PodSet set) {
    PodSpec pod = set.template == null ? null : set.template.getSpec();
    if (pod == null) {
      return Map.of();
    }
    int count = set.count == null ? 1 : set.count;
    return sum(pod.getContainers().stream().map(Requests::ofContainer).toList()).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> times(entry.getValue(), count)));
  }

  /** A limit is the request where none is given. */
  private static Map<String, Quantity> ofContainer(Container container) {
    ResourceRequirements resources = container.getResources();
    Map<String, Quantity> requests = new HashMap<>();
    if (resources != null && resources.getLimits() != null) {
      requests.putAll(resources.getLimits());
    }
    if (resources != null && resources.getRequests() != null) {
      requests.putAll(resources.getRequests());
    }
    return requests;
  }

  private static Map<String, Quantity> sum(List<Map<String, Quantity>> parts) {
    return parts.stream().flatMap(part -> part.entrySet().stream())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue,
            (one, other) -> Amounts.quantity(Amounts.of(one).add(Amounts.of(other)))));
  }

  private static Quantity times(Quantity quantity, int count) {
    return Amounts.quantity(Amounts.of(quantity).multiply(BigDecimal.valueOf(count)));
  }
}
