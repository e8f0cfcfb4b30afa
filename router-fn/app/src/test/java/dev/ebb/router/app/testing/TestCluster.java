package dev.ebb.router.app.testing;

import io.fabric8.kubernetes.api.model.APIGroupBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** An API server of tests, with Kueue's kinds: it keeps objects and tells watches, and admits nothing by itself. */
public final class TestCluster implements AutoCloseable {
  private static final String KUEUE = "kueue.x-k8s.io/v1beta2";
  private static final Map<String, String> KINDS = Map.of("workloads", "Workload", "localqueues", "LocalQueue",
      "clusterqueues", "ClusterQueue", "resourceflavors", "ResourceFlavor");

  private final KubernetesMockServer server;
  private final KubernetesClient client;

  public TestCluster(int port) {
    Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    server = new KubernetesMockServer(new Context(), new MockWebServer(), responses,
        new KubernetesMixedDispatcher(responses), false);
    server.init(InetAddress.getLoopbackAddress(), port);
    var group = new APIGroupBuilder().withName("kueue.x-k8s.io")
        .addNewVersion().withGroupVersion(KUEUE).withVersion("v1beta2").endVersion().build();
    var kinds = new APIResourceListBuilder().withGroupVersion(KUEUE);
    KINDS.forEach((plural, kind) -> kinds.addNewResource().withName(plural).withKind(kind)
        .withNamespaced(plural.equals("workloads") || plural.equals("localqueues")).endResource());
    server.expect().get().withPath("/apis/kueue.x-k8s.io").andReturn(200, group).always();
    server.expect().get().withPath("/apis/" + KUEUE).andReturn(200, kinds.build()).always();
    client = new KubernetesClientBuilder().withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:" + port)
        .withNamespace("models").build()).build();
  }

  /** The cluster of the Quarkus tests. */
  public static TestCluster ofProfile() {
    return new TestCluster(Integer.getInteger(ClusterProfile.API_PORT));
  }

  /** A queue {@code serving} into a ClusterQueue {@code gpu}. */
  public void quota(int gpus, int used) {
    put("kind: ResourceFlavor\nmetadata: {name: any}\n");
    put("""
        kind: ClusterQueue
        metadata: {name: gpu}
        spec:
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: any, resources: [{name: nvidia.com/gpu, nominalQuota: "%d"}]}]
        status:
          flavorsReservation: [{name: any, resources: [{name: nvidia.com/gpu, total: "%d"}]}]
        """.formatted(gpus, used));
    put("kind: LocalQueue\nmetadata: {name: serving, namespace: models}\nspec: {clusterQueue: gpu}\n");
  }

  /** A pod of a function, in the queue; returns its uid. */
  public String pod(String model, String phase, String name, boolean ready) {
    Pod pod = new PodBuilder().withNewMetadata().withName(name).withNamespace("models")
        .addToLabels("ebb.dev/model", model).addToLabels("ebb.dev/phase", phase).addToLabels("app", model + "-" + phase)
        .addToLabels("kueue.x-k8s.io/queue-name", "serving").endMetadata()
        .withNewStatus().addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").endCondition()
        .endStatus().build();
    return client.pods().inNamespace("models").resource(pod).create().getMetadata().getUid();
  }

  public void ready(String name) {
    client.pods().inNamespace("models").withName(name).edit(pod -> new PodBuilder(pod).editStatus()
        .withConditions().addNewCondition().withType("Ready").withStatus("True").endCondition().endStatus().build());
  }

  /** Kueue's way to preempt a pod, or somebody else's to delete it; it stays until its function has ended. */
  public void ending(String name, boolean byKueue) {
    client.pods().inNamespace("models").withName(name).edit(pod -> new PodBuilder(pod)
        .editMetadata().withFinalizers("ebb.dev/still-here").endMetadata()
        .editStatus().addNewCondition().withType(byKueue ? "TerminationTarget" : "Other").withStatus("True")
        .withReason("WorkloadEvicted").endCondition().endStatus().build());
    client.pods().inNamespace("models").withName(name).delete();
  }

  public void deletePod(String name) {
    client.pods().inNamespace("models").withName(name).withGracePeriod(0).delete();
  }

  /** A Workload of a pod; the earlier second comes first. */
  public void workload(String name, String ownerUid, int second, boolean admitted) {
    workload(name, ownerUid, second, admitted ? """
        {admission: {clusterQueue: gpu, podSetAssignments: []}, conditions: [
          {type: QuotaReserved, status: "True"}, {type: Admitted, status: "True"}]}""" : "{}");
  }

  /** That Workload's quota is promised to others; its pod still holds it. */
  public void evict(String name, String ownerUid) {
    workload(name, ownerUid, 5, """
        {admission: {clusterQueue: gpu, podSetAssignments: []}, conditions: [
          {type: QuotaReserved, status: "True"}, {type: Admitted, status: "True"},
          {type: Evicted, status: "True", reason: Preempted}]}""");
  }

  private void workload(String name, String ownerUid, int second, String status) {
    put("""
        kind: Workload
        metadata:
          name: %s
          namespace: models
          creationTimestamp: "2026-11-25T08:00:%02dZ"
          ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: "%s"}]
        spec:
          queueName: serving
          podSets:
          - name: main
            count: 1
            template: {spec: {containers: [{name: user, resources: {limits: {nvidia.com/gpu: "1"}}}]}}
        status: %s
        """.formatted(name, second, ownerUid, status.replaceAll("\\s+", " ")));
  }

  public void deleteWorkload(String name) {
    client.genericKubernetesResources(KUEUE, "Workload").inNamespace("models").withName(name).delete();
  }

  /** Takes all pods and Workloads away. */
  public void clear() {
    client.pods().inNamespace("models").list().getItems().stream()
        .filter(pod -> !pod.getMetadata().getFinalizers().isEmpty())
        .forEach(pod -> client.pods().resource(pod).edit(one -> new PodBuilder(one).editMetadata().withFinalizers()
            .endMetadata().build()));
    client.pods().inNamespace("models").withGracePeriod(0).delete();
    client.genericKubernetesResources(KUEUE, "Workload").inNamespace("models").delete();
  }

  private void put(String yaml) {
    var object = client.getKubernetesSerialization()
        .unmarshal("apiVersion: " + KUEUE + "\n" + yaml, GenericKubernetesResource.class);
    if (client.resource(object).get() == null) {
      client.resource(object).create();
    } else {
      client.resource(object).update();
    }
  }

  @Override
  public void close() {
    client.close();
    server.destroy();
  }
}
