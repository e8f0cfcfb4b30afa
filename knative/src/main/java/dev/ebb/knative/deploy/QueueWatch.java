package dev.ebb.knative.deploy;

import dev.ebb.kueue.admission.AdmissionListener;
import dev.ebb.kueue.admission.AdmissionWatcher;
import dev.ebb.kueue.admission.PodAdmission;
import dev.ebb.kueue.api.KueueAbsentException;
import dev.ebb.kueue.api.KueueApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Where the pods of a namespace stand in Kueue's queues; nothing where that cannot be known, which is told once. */
final class QueueWatch implements AutoCloseable {
  private static final int START_SECONDS = 20;
  private static final AdmissionListener NOBODY = new AdmissionListener() {
    @Override
    public void changed(PodAdmission now) {}

    @Override
    public void gone(PodAdmission last) {}
  };

  private final Optional<AdmissionWatcher> watcher;

  private QueueWatch(Optional<AdmissionWatcher> watcher) {
    this.watcher = watcher;
  }

  /** Knows of no queue. */
  static QueueWatch none() {
    return new QueueWatch(Optional.empty());
  }

  /** Follows the namespace's pods. */
  static QueueWatch start(KubernetesClient client, String namespace, Consumer<String> say) {
    AdmissionWatcher watcher = null;
    try {
      watcher = new AdmissionWatcher(client, KueueApi.discover(client), namespace, NOBODY);
      watcher.start().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
      return new QueueWatch(Optional.of(watcher));
    } catch (KueueAbsentException | KubernetesClientException | CompletionException | TimeoutException
        | java.util.concurrent.ExecutionException e) {
      say.accept("places in the queue are not shown: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (watcher != null) {
      watcher.close();
    }
    return new QueueWatch(Optional.empty());
  }

  /** Where a pod stands, in a sentence. */
  Optional<String> place(Pod pod) {
    return watcher.map(followed -> followed.current().get(pod.getMetadata().getUid()))
        .map(place -> place.admission().sentence());
  }

  @Override
  public void close() {
    watcher.ifPresent(AdmissionWatcher::close);
  }
}
