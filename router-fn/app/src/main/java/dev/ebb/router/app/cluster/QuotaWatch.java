package dev.ebb.router.app.cluster;

import dev.ebb.kueue.admission.Admission;
import dev.ebb.kueue.admission.AdmissionListener;
import dev.ebb.kueue.admission.AdmissionWatcher;
import dev.ebb.kueue.admission.PodAdmission;
import dev.ebb.kueue.api.KueueAbsentException;
import dev.ebb.kueue.api.KueueApi;
import dev.ebb.kueue.quota.QuotaView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** Keeps a watcher of Kueue's admissions running: tries again where Kueue or the API server is not there yet. */
final class QuotaWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(QuotaWatch.class);
  private static final long AGAIN_MS = 5_000;
  private static final long START_S = 30;

  private final KubernetesClient client;
  private final String namespace;
  private final Runnable changed;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("quota-watch").factory());
  private volatile AdmissionWatcher watcher;
  private boolean told;

  QuotaWatch(KubernetesClient client, String namespace, Runnable changed) {
    this.client = client;
    this.namespace = namespace;
    this.changed = changed;
    thread.execute(this::begin);
  }

  /** Where a pod stands; empty where it has no Workload, or none is known. */
  Optional<Admission> admission(String uid) {
    AdmissionWatcher now = watcher;
    return now == null ? Optional.empty()
        : Optional.ofNullable(now.current().get(uid)).map(PodAdmission::admission);
  }

  Optional<QuotaView> quota(String clusterQueue) {
    AdmissionWatcher now = watcher;
    return now == null ? Optional.empty() : now.quota(clusterQueue);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    AdmissionWatcher now = watcher;
    if (now != null) {
      now.close();
    }
  }

  private void begin() {
    AdmissionWatcher next = null;
    try {
      next = new AdmissionWatcher(client, KueueApi.discover(client), namespace, new Listener());
      next.start().toCompletableFuture().get(START_S, TimeUnit.SECONDS);
      watcher = next;
      LOG.info("places in Kueue's queues are followed");
      changed.run();
    } catch (KueueAbsentException | KubernetesClientException | ExecutionException | TimeoutException e) {
      again(next, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void again(AdmissionWatcher failed, Exception cause) {
    if (!told) {
      told = true;
      LOG.warnf("no place in Kueue's queues is known: %s; tried again every %d s", cause.getMessage(), AGAIN_MS / 1000);
    }
    if (failed != null) {
      failed.close();
    }
    if (!thread.isShutdown()) {
      thread.schedule(this::begin, AGAIN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private final class Listener implements AdmissionListener {
    @Override
    public void changed(PodAdmission now) {
      changed.run();
    }

    @Override
    public void gone(PodAdmission last) {
      changed.run();
    }
  }
}
