package dev.ebb.kueue.admission;

import dev.ebb.kueue.KueueNames;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.quota.Quotas;
import dev.ebb.kueue.resource.LocalQueue;
import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where all pods stand, from all that was seen at one instant. For one thread. */
final class Standings {
  private final Map<String, String> clusterQueues;
  private final Map<String, List<Workload>> byClusterQueue;
  private final Map<String, Workload> byOwner = new HashMap<>();
  private final Map<String, Optional<QuotaView>> views = new HashMap<>();
  private final Quotas quotas;

  Standings(Collection<Workload> workloads, Collection<LocalQueue> localQueues, Quotas quotas) {
    this.quotas = quotas;
    clusterQueues = localQueues.stream()
        .filter(queue -> queue.getSpec().clusterQueue != null)
        .collect(Collectors.toMap(queue -> key(queue.getMetadata().getNamespace(), queue.getMetadata().getName()),
            queue -> queue.getSpec().clusterQueue, (one, other) -> other));
    byClusterQueue = workloads.stream().filter(workload -> clusterQueue(workload).isPresent())
        .collect(Collectors.groupingBy(workload -> clusterQueue(workload).orElseThrow()));
    workloads.forEach(workload -> workload.getMetadata().getOwnerReferences().forEach(owner -> own(owner, workload)));
  }

  /** By the pod's uid; pods that serve no function, or have no Workload yet, are left out. */
  Map<String, PodAdmission> of(Collection<Pod> pods) {
    Map<String, PodAdmission> found = new HashMap<>();
    for (Pod pod : pods) {
      String uid = pod.getMetadata().getUid();
      Workload workload = byOwner.get(uid);
      function(pod).filter(name -> workload != null).ifPresent(name -> found.put(uid, new PodAdmission(
          pod.getMetadata().getNamespace(), pod.getMetadata().getName(), uid, name, admission(workload))));
    }
    return found;
  }

  private Admission admission(Workload workload) {
    Optional<String> clusterQueue = clusterQueue(workload);
    return AdmissionRule.admission(workload,
        clusterQueue.map(name -> byClusterQueue.getOrDefault(name, List.of())).orElse(List.of()),
        clusterQueue, clusterQueue.flatMap(name -> views.computeIfAbsent(name, quotas::view)));
  }

  /** Where quota is held counts more than where the queue leads now. */
  private Optional<String> clusterQueue(Workload workload) {
    if (workload.getStatus() != null && workload.getStatus().admission != null) {
      return Optional.ofNullable(workload.getStatus().admission.clusterQueue);
    }
    return Optional.ofNullable(clusterQueues.get(key(workload.getMetadata().getNamespace(),
        workload.getSpec().queueName)));
  }

  private void own(OwnerReference owner, Workload workload) {
    if ("Pod".equals(owner.getKind())) {
      // A pod whose Workload was made anew has two for a moment: the one that is not over tells where it stands.
      byOwner.merge(owner.getUid(), workload, (one, other) ->
          Conditions.isTrue(one, Conditions.FINISHED) ? other : one);
    }
  }

  private static Optional<String> function(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    return labels == null ? Optional.empty() : Optional.ofNullable(labels.get(KueueNames.REVISION_LABEL))
        .or(() -> Optional.ofNullable(labels.get(KueueNames.APP_LABEL)));
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
