package dev.ebb.kueue.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.kueue.api.FakeDiscovery;
import dev.ebb.kueue.api.KueueApi;
import dev.ebb.kueue.resource.Cohort;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class AdmissionWatcherTest {
  private static final long WAIT_S = 20;

  private KubernetesMockServer server;
  private KubernetesClient client;
  private final BlockingQueue<PodAdmission> changes = new LinkedBlockingQueue<>();
  private final BlockingQueue<PodAdmission> departures = new LinkedBlockingQueue<>();
  private AdmissionWatcher watcher;
  private String version = "v1beta2";

  private final class Recorder implements AdmissionListener {
    @Override
    public void changed(PodAdmission now) {
      changes.add(now);
    }

    @Override
    public void gone(PodAdmission last) {
      departures.add(last);
    }
  }

  @AfterEach
  void close() {
    if (watcher != null) {
      watcher.close();
    }
  }

  private void queues(String cohortField) {
    // The first releases of v1beta1 had no cohorts.
    FakeDiscovery.serve(server, List.of(version), FakeDiscovery.ALL.stream()
        .filter(kind -> version.equals("v1beta2") || kind != Cohort.class).toList());
    put("""
        kind: ResourceFlavor
        metadata: {name: h100}
        """);
    put("""
        kind: ClusterQueue
        metadata: {name: serving}
        spec:
          %s: all
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: h100, resources: [{name: nvidia.com/gpu, nominalQuota: "1"}]}]
        status:
          flavorsReservation: [{name: h100, resources: [{name: nvidia.com/gpu, total: "1"}]}]
        """.formatted(cohortField));
    put("""
        kind: LocalQueue
        metadata: {name: gpu-serving, namespace: models}
        spec: {clusterQueue: serving}
        """);
    put("""
        kind: LocalQueue
        metadata: {name: elsewhere, namespace: others}
        spec: {clusterQueue: serving}
        """);
  }

  private void put(String yaml) {
    String text = "apiVersion: kueue.x-k8s.io/" + version + "\n" + yaml;
    var object = client.getKubernetesSerialization().unmarshal(text, GenericKubernetesResource.class);
    if (client.resource(object).get() == null) {
      client.resource(object).create();
    } else {
      client.resource(object).update();
    }
  }

  private Pod pod(String name, String label, String value) {
    return client.pods().inNamespace("models").resource(new PodBuilder().withNewMetadata().withName(name)
        .withNamespace("models").addToLabels(label, value).addToLabels("kueue.x-k8s.io/queue-name", "gpu-serving")
        .endMetadata().build()).create();
  }

  private void workload(String namespace, String queue, String name, String owner, int second, String status) {
    put("""
        kind: Workload
        metadata:
          name: %s
          namespace: %s
          creationTimestamp: "%s"
          ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: "%s"}]
        spec:
          queueName: %s
          podSets:
          - name: main
            count: 1
            template: {spec: {containers: [{name: user, resources: {limits: {nvidia.com/gpu: "1"}}}]}}
        status: %s
        """.formatted(name, namespace, Workloads.time(second), owner, queue, status));
  }

  private void start() throws Exception {
    watcher = new AdmissionWatcher(client, KueueApi.discover(client), "models", new Recorder());
    assertTrue(watcher.quota("serving").isEmpty(), "nothing is told before all was seen");
    watcher.start().toCompletableFuture().get(WAIT_S, TimeUnit.SECONDS);
  }

  /** The first change that is as expected; earlier ones are passed over. */
  private PodAdmission await(Predicate<PodAdmission> expected) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
    PodAdmission seen = null;
    while (System.nanoTime() < end) {
      PodAdmission next = changes.poll(100, TimeUnit.MILLISECONDS);
      seen = next == null ? seen : next;
      if (next != null && expected.test(next)) {
        return next;
      }
    }
    throw new AssertionError("not told in time; the last was " + seen);
  }

  @Test
  void tellsThePlaceAmongAllNamespacesThenTheAdmissionThenTheEnd() throws Exception {
    queues("cohortName");
    Pod pod = pod("decode-1", "serving.knative.dev/revision", "decode-00001");
    workload("others", "elsewhere", "earlier", "x", 1, "{}");
    workload("models", "gpu-serving", "pod-decode-1", pod.getMetadata().getUid(), 5, "{}");
    start();
    PodAdmission first = await(change -> true);
    assertEquals("decode-00001", first.function());
    assertEquals("waiting for GPU quota, position 2 of 2: needs 1, 0 left", first.admission().sentence());
    assertEquals(first, watcher.current().get(pod.getMetadata().getUid()));

    client.genericKubernetesResources("kueue.x-k8s.io/v1beta2", "Workload").inNamespace("others").withName("earlier")
        .delete();
    await(change -> change.admission().sentence().contains("position 1 of 1"));

    workload("models", "gpu-serving", "pod-decode-1", pod.getMetadata().getUid(), 5, """
        {admission: {clusterQueue: serving, podSetAssignments: []}, conditions: [
          {type: QuotaReserved, status: "True"}, {type: Admitted, status: "True"}]}
        """);
    assertEquals(AdmissionState.ADMITTED,
        await(change -> change.admission().holdsQuota()).admission().state());

    client.pods().inNamespace("models").withName("decode-1").delete();
    PodAdmission gone = departures.poll(WAIT_S, TimeUnit.SECONDS);
    assertNotNull(gone);
    assertEquals("decode-1", gone.pod());
    assertTrue(watcher.current().isEmpty());
  }

  @Test
  void podsOfPlainDeploymentsAndWorkloadsThatComeLater() throws Exception {
    queues("cohortName");
    start();
    Pod pod = pod("prefill-1", "app", "prefill");
    workload("models", "gpu-serving", "w", pod.getMetadata().getUid(), 5, "{}");
    assertEquals("prefill", await(change -> true).function());
    assertEquals("serving", watcher.quota("serving").orElseThrow().clusterQueue());
    assertTrue(watcher.quota("none").isEmpty());
  }

  @Test
  void knowsWhetherItFollows() throws Exception {
    queues("cohortName");
    start();
    awaitFollows(true);
    server.shutdown();
    awaitFollows(false);
  }

  private void awaitFollows(boolean expected) throws InterruptedException {
    for (int i = 0; i < WAIT_S * 20 && watcher.follows() != expected; i++) {
      Thread.sleep(50);
    }
    assertEquals(expected, watcher.follows());
  }

  @Test
  void quotaThatComesBackIsTold() throws Exception {
    queues("cohortName");
    Pod pod = pod("decode-1", "app", "decode");
    workload("models", "gpu-serving", "w", pod.getMetadata().getUid(), 5, "{}");
    start();
    await(change -> change.admission().sentence().contains("0 left"));
    put("""
        kind: ClusterQueue
        metadata: {name: serving}
        spec:
          resourceGroups:
          - coveredResources: [nvidia.com/gpu]
            flavors: [{name: h100, resources: [{name: nvidia.com/gpu, nominalQuota: "3"}]}]
        """);
    await(change -> change.admission().sentence().contains("3 left"));
  }

  @Test
  void olderVersionOfTheApi() throws Exception {
    version = "v1beta1";
    queues("cohort");
    Pod pod = pod("decode-1", "app", "decode");
    workload("models", "gpu-serving", "w", pod.getMetadata().getUid(), 5, "{}");
    start();
    assertEquals("serving", await(change -> true).admission().clusterQueue().orElseThrow());
    assertEquals("all", watcher.quota("serving").orElseThrow().cohort().orElseThrow());
  }

  @Test
  void objectThatCannotBeReadKeepsNobodyFromTheRest() throws Exception {
    queues("cohortName");
    put("""
        kind: Workload
        metadata: {name: odd, namespace: models}
        spec: {queueName: gpu-serving, priority: {a: 1}}
        """);
    Pod pod = pod("decode-1", "app", "decode");
    workload("models", "gpu-serving", "w", pod.getMetadata().getUid(), 5, "{}");
    start();
    assertTrue(await(change -> true).admission().sentence().contains("position 1 of 1"));
  }

  @Test
  void startFailsWithoutTheRight() throws Exception {
    queues("cohortName");
    server.expect().get().withPath("/apis/kueue.x-k8s.io/v1beta2/clusterqueues?resourceVersion=0")
        .andReturn(403, new StatusBuilder().withCode(403).withMessage("may not list clusterqueues").build()).always();
    var failure = assertThrows(ExecutionException.class, this::start);
    assertTrue(failure.getMessage().contains("may not list clusterqueues"), failure.getMessage());
  }
}
