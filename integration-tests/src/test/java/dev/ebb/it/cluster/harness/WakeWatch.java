package dev.ebb.it.cluster.harness;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Watches one function from its Deployment to its ready pod, and notes when each stage is first seen. */
public final class WakeWatch implements AutoCloseable {
  private final Stages stages;
  private final Set<String> known;
  private final Map<String, Boolean> waits = new ConcurrentHashMap<>();
  private final List<Watch> watches;

  /**
   * @param labels labels of the function's pods and of its Deployment
   */
  public WakeWatch(Stages stages, String namespace, Map<String, String> labels) {
    this.stages = stages;
    known = Cluster.kube().pods().inNamespace(namespace).withLabels(labels).list().getItems().stream()
        .map(pod -> pod.getMetadata().getName()).collect(Collectors.toSet());
    watches = List.of(
        Cluster.kube().apps().deployments().inNamespace(namespace).withLabels(labels)
            .watch(new Each<Deployment>(this::deployment)),
        Cluster.kube().pods().inNamespace(namespace).withLabels(labels).watch(new Each<Pod>(this::pod)));
  }

  private void deployment(Deployment deployment) {
    if (deployment.getSpec().getReplicas() > 0) {
      stages.reached("scaled");
    }
  }

  private void pod(Pod pod) {
    if (known.contains(pod.getMetadata().getName())) {
      return;
    }
    stages.reached("pod");
    boolean gated = !pod.getSpec().getSchedulingGates().isEmpty();
    if (gated) {
      waits.put(pod.getMetadata().getName(), true);
    } else if (waits.containsKey(pod.getMetadata().getName())) {
      stages.reached("admitted");
    }
    if (holds(pod, "PodScheduled")) {
      stages.reached("scheduled");
    }
    if (holds(pod, "Ready")) {
      stages.reached("ready");
    }
  }

  private static boolean holds(Pod pod, String type) {
    return pod.getStatus().getConditions().stream()
        .filter(one -> one.getType().equals(type)).map(PodCondition::getStatus).anyMatch("True"::equals);
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
  }

  /** Hands over every change. */
  private record Each<T>(Consumer<T> changed) implements Watcher<T> {
    @Override
    public void eventReceived(Action action, T object) {
      if (action == Action.ADDED || action == Action.MODIFIED) {
        changed.accept(object);
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      // A stage that is missed is named by the assertion on it.
    }
  }
}
