package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The quota of a ClusterQueue, and somebody else who wants it. */
public final class Quota {
  private static final String GPU = "nvidia.com/gpu";
  private static final Duration LONG = Duration.ofSeconds(120);

  private Quota() {}

  /** Sets the GPUs of a queue of {@code ebb.yaml}, of an installation of this name. */
  public static void gpus(String installation, String queue, int count) {
    String name = installation + "-" + queue;
    List<String> resources = List.of(Cluster.kubectl("get", "clusterqueue", name, "-o",
        "jsonpath={.spec.resourceGroups[0].flavors[0].resources[*].name}").strip().split(" "));
    int index = IntStream.range(0, resources.size()).filter(at -> resources.get(at).equals(GPU)).findFirst()
        .orElseThrow();
    Cluster.kubectl("patch", "clusterqueue", name, "--type=json", "-p",
        "[{\"op\":\"replace\",\"path\":\"/spec/resourceGroups/0/flavors/0/resources/" + index
            + "/nominalQuota\",\"value\":\"" + count + "\"}]");
  }

  /** Waits until a pod with the label stands before Kueue's gate. */
  public static void awaitGated(String namespace, String label) {
    Await.until("a gated pod " + label, LONG, () -> Cluster.kube().pods().inNamespace(namespace)
        .withLabelSelector(label).list().getItems().stream()
        .anyMatch(pod -> pod.getMetadata().getDeletionTimestamp() == null
            && !pod.getSpec().getSchedulingGates().isEmpty()));
  }

  /** A pod that does nothing with a GPU of the queue, in one of the queue's priorities. */
  public static void occupy(String namespace, String queue, String priority) {
    Cluster.apply(OCCUPANT.formatted(namespace, queue, priority));
  }

  /** Waits until that pod has its GPU. */
  public static void awaitOccupied(String namespace) {
    Await.until("the occupant runs", LONG, () -> "Running".equals(
        Cluster.kube().pods().inNamespace(namespace).withName("occupant").require().getStatus().getPhase()));
  }

  /** Takes that pod away, and waits until it is gone. */
  public static void leave(String namespace) {
    Cluster.kubectl("delete", "pod", "-n", namespace, "occupant", "--ignore-not-found", "--grace-period=1");
  }

  private static final String OCCUPANT = """
      apiVersion: v1
      kind: Pod
      metadata:
        name: occupant
        namespace: %s
        labels: {kueue.x-k8s.io/queue-name: %s, kueue.x-k8s.io/priority-class: %s}
      spec:
        terminationGracePeriodSeconds: 1
        securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
        containers:
          - name: idle
            image: dev.local/pause:1
            resources: {limits: {cpu: 10m, memory: 16Mi, nvidia.com/gpu: 1}}
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      """;
}
