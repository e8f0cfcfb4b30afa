package dev.ebb.router.app.cluster;

import dev.ebb.kueue.admission.Admission;
import dev.ebb.kueue.admission.AdmissionListener;
import dev.ebb.kueue.admission.AdmissionWatcher;
import dev.ebb.kueue.admission.PodAdmission;
import dev.ebb.kueue.api.KueueAbsentException;
import dev.ebb.kueue.api.KueueApi;
import dev.ebb.kueue.quota.QuotaView;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Keeps a watcher of Kueue's admissions running: tries again where Kueue or the API server is not there yet, and begins
 * anew where one follows no more.
 */
final class QuotaWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(QuotaWatch.class);
  private static final long AGAIN_MS = 5_000;
  private static final long START_S = 30;
  /** A watch that ended is made anew within seconds where that helps. */
  private static final long GIVEN_UP_NS = TimeUnit.SECONDS.toNanos(20);

  private final KubernetesClient client;
  private final String namespace;
  private final Runnable changed;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
      Thread.ofPlatform().daemon().name("quota-watch").factory());
  private volatile AdmissionWatcher watcher;
  private boolean told;
  /** 0 for a watcher that was never seen to follow: where no WebSocket gets through, the client does not tell. */
  private long followedNs;

  QuotaWatch(KubernetesClient client, String namespace, Runnable changed) {
    this.client = client;
    this.namespace = namespace;
    this.changed = changed;
    thread.scheduleWithFixedDelay(this::tend, 0, AGAIN_MS, TimeUnit.MILLISECONDS);
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
    giveUp(watcher);
  }

  private void tend() {
    AdmissionWatcher now = watcher;
    if (now != null && now.follows()) {
      followedNs = System.nanoTime() | 1;
    } else if (now == null || followedNs != 0 && System.nanoTime() - followedNs > GIVEN_UP_NS) {
      begin(now);
    }
  }

  /** The one before stays until there is another: what it knows is old, and may come true again by itself. */
  private void begin(AdmissionWatcher before) {
    AdmissionWatcher next = null;
    try {
      next = new AdmissionWatcher(client, KueueApi.discover(client), namespace, new Listener());
      next.start().toCompletableFuture().get(START_S, TimeUnit.SECONDS);
      followedNs = 0;
      watcher = next;
      told = false;
      LOG.infof("places in Kueue's queues are followed%s", before == null ? "" : " anew");
      giveUp(before);
      changed.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(next);
    } catch (KueueAbsentException | RuntimeException | ExecutionException | TimeoutException e) {
      if (!told) {
        told = true;
        LOG.warnf("no place in Kueue's queues is known: %s; tried again every %d s", e.getMessage(), AGAIN_MS / 1000);
      }
      giveUp(next);
    }
  }

  private static void giveUp(AdmissionWatcher one) {
    if (one != null) {
      one.close();
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
