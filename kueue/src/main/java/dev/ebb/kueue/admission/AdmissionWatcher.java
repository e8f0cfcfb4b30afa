package dev.ebb.kueue.admission;

import dev.ebb.kueue.KueueNames;
import dev.ebb.kueue.api.KueueApi;
import dev.ebb.kueue.quota.QuotaView;
import dev.ebb.kueue.quota.Quotas;
import dev.ebb.kueue.resource.ClusterQueue;
import dev.ebb.kueue.resource.Cohort;
import dev.ebb.kueue.resource.LocalQueue;
import dev.ebb.kueue.resource.ResourceFlavor;
import dev.ebb.kueue.resource.Workload;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Follows the queued pods of one namespace and tells a listener where each stands. Needs the rights to get, list and
 * watch pods of that namespace, and Workloads, LocalQueues, ClusterQueues, Cohorts and ResourceFlavors of the cluster:
 * a place in a queue depends on the Workloads of every namespace that uses it.
 *
 * <p>Thread-safe. What is told may be older than the cluster by the delay of a watch, and a burst of changes is told as
 * its last state. After a lost connection the client's informers reconnect and what changed meanwhile is told then.
 */
public final class AdmissionWatcher implements AutoCloseable {
  private final SharedIndexInformer<Pod> pods;
  private final Mirror<Workload> workloads;
  private final Mirror<LocalQueue> localQueues;
  private final Mirror<ClusterQueue> clusterQueues;
  private final Mirror<Cohort> cohorts;
  private final Mirror<ResourceFlavor> flavors;
  private final Announcer announcer;
  private volatile boolean started;

  /**
   * A watcher that is yet to be started.
   *
   * @param client stays the caller's to close, after this watcher
   * @param namespace of the pods
   */
  public AdmissionWatcher(KubernetesClient client, KueueApi api, String namespace, AdmissionListener listener) {
    announcer = new Announcer(this::standings, listener);
    pods = client.pods().inNamespace(namespace).withLabel(KueueNames.QUEUE_NAME_LABEL).runnableInformer(0);
    pods.exceptionHandler((begun, failure) -> begun);
    pods.addEventHandler(new PodHandler());
    workloads = new Mirror<>(api, Workload.class, announcer::stir);
    localQueues = new Mirror<>(api, LocalQueue.class, announcer::stir);
    clusterQueues = new Mirror<>(api, ClusterQueue.class, announcer::stir);
    cohorts = new Mirror<>(api, Cohort.class, announcer::stir);
    flavors = new Mirror<>(api, ResourceFlavor.class, announcer::stir);
  }

  /**
   * Starts to follow. Nothing is told before all that is there was seen, so that no first place is wrong.
   *
   * @return completes then; exceptionally if a list could not be had, as without the rights to it
   */
  public CompletionStage<Void> start() {
    CompletableFuture<?>[] starts = Stream.concat(Stream.of(pods.start()), mirrors().map(Mirror::start))
        .map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(starts).thenRun(() -> {
      started = true;
      announcer.open();
    });
  }

  /**
   * Whether all is followed just now. A watch ends now and then and is made anew at once; where this is false for long,
   * what is told is old, and a new watcher may find what this one cannot, such as another version of Kueue's API.
   * Always false where no WebSocket gets through to the API server: of other watches the client does not know it.
   */
  public boolean follows() {
    return pods.isWatching() && mirrors().allMatch(Mirror::follows);
  }

  /** Where each queued pod stands, by its uid, as last computed. Immutable. */
  public Map<String, PodAdmission> current() {
    return announcer.current();
  }

  /** The quota of a ClusterQueue now; empty if there is none of that name, or before the start completed. */
  public Optional<QuotaView> quota(String clusterQueue) {
    // Before, some of its cohort may not have been seen yet.
    return started ? quotas().view(clusterQueue) : Optional.empty();
  }

  /** Stops to follow. The listener is told nothing once this returned, unless it is the one who calls it. */
  @Override
  public void close() {
    pods.stop();
    mirrors().forEach(Mirror::close);
    announcer.close();
  }

  private Map<String, PodAdmission> standings() {
    return new Standings(workloads.all(), localQueues.all(), quotas()).of(pods.getStore().list());
  }

  private Quotas quotas() {
    return new Quotas(clusterQueues.all(), cohorts.all(), flavors.all());
  }

  private Stream<Mirror<?>> mirrors() {
    return Stream.of(workloads, localQueues, clusterQueues, cohorts, flavors);
  }

  private final class PodHandler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      announcer.stir();
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      announcer.stir();
    }

    @Override
    public void onDelete(Pod pod, boolean finalStateUnknown) {
      announcer.stir();
    }
  }
}
