package dev.ebb.kueue.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class KueueApiTest {
  private KubernetesMockServer server;
  private KubernetesClient client;

  private void create(String yaml) {
    client.resource(client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class)).create();
  }

  @Test
  void prefersTheNewerVersion() throws KueueAbsentException {
    FakeDiscovery.serve(server, List.of("v1beta1", "v1beta2"), FakeDiscovery.ALL);
    KueueApi api = KueueApi.discover(client);
    assertEquals("v1beta2", api.version());
    assertTrue(api.serves(Cohort.class));
  }

  @Test
  void readsTheOlderVersion() throws KueueAbsentException {
    FakeDiscovery.serve(server, List.of("v1beta1"), List.of(Workload.class, ClusterQueue.class));
    create("""
        apiVersion: kueue.x-k8s.io/v1beta1
        kind: Workload
        metadata: {name: w, namespace: models}
        spec: {queueName: gpu-serving, priority: 7, priorityClassName: online,
          priorityClassSource: kueue.x-k8s.io/workloadpriorityclass, podSets: [{name: main, count: 1}]}
        """);
    create("""
        apiVersion: kueue.x-k8s.io/v1beta1
        kind: ClusterQueue
        metadata: {name: serving}
        spec: {cohort: all}
        """);
    KueueApi api = KueueApi.discover(client);
    assertEquals("v1beta1", api.version());
    Workload workload = api.list(Workload.class).getFirst();
    assertEquals("online", workload.getSpec().priorityClassRef.name);
    assertEquals(7, workload.getSpec().priority);
    assertEquals("all", api.list(ClusterQueue.class).getFirst().getSpec().cohortName);
    assertFalse(api.serves(Cohort.class));
    assertEquals(List.of(), api.list(Cohort.class), "a kind that is not served has no objects");
  }

  @Test
  void sameReadingOfTheNewerVersion() throws KueueAbsentException {
    FakeDiscovery.serve(server, List.of("v1beta2"), FakeDiscovery.ALL);
    create("""
        apiVersion: kueue.x-k8s.io/v1beta2
        kind: ClusterQueue
        metadata: {name: serving}
        spec: {cohortName: all, newest: true}
        """);
    ClusterQueue queue = KueueApi.discover(client).list(ClusterQueue.class).getFirst();
    assertEquals("all", queue.getSpec().cohortName);
    assertEquals(true, queue.getSpec().others().get("newest"));
  }

  @Test
  void clusterWithoutKueueIsRefused() {
    var refusal = assertThrows(KueueAbsentException.class, () -> KueueApi.discover(client));
    assertTrue(refusal.getMessage().contains("install Kueue"), refusal.getMessage());
  }

  @Test
  void versionThatCannotBeReadIsRefused() {
    FakeDiscovery.serve(server, List.of("v1alpha1"), FakeDiscovery.ALL);
    var refusal = assertThrows(KueueAbsentException.class, () -> KueueApi.discover(client));
    assertTrue(refusal.getMessage().contains("[v1alpha1]"), refusal.getMessage());
  }
}
