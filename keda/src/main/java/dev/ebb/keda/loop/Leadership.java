package dev.ebb.keda.loop;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectorBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One replica of several leads, by a Lease; one that loses it stands for it again. */
final class Leadership implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Leadership.class.getName());

  private final KubernetesClient client;
  private final Options options;
  private final Runnable lead;
  private final Runnable rest;
  private final ExecutorService threads = Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory());
  private CompletableFuture<?> standing;
  private boolean closed;

  Leadership(KubernetesClient client, Options options, Runnable lead, Runnable rest) {
    this.client = client;
    this.options = options;
    this.lead = lead;
    this.rest = rest;
  }

  /** Stands for leadership until closed. */
  synchronized void start() {
    if (closed) {
      return;
    }
    standing = new LeaderElectorBuilder(client, threads).withConfig(config()).build().start();
    standing.whenComplete((nothing, error) -> {
      if (error != null) {
        LOG.log(System.Logger.Level.INFO, "leadership ended: {0}", error.toString());
      }
      restart();
    });
  }

  /**
   * Gives the lease back: the client shortens it to a second, so that another replica need not wait for it to run out.
   */
  @Override
  public void close() {
    CompletableFuture<?> last;
    synchronized (this) {
      closed = true;
      last = standing;
    }
    if (last != null) {
      last.cancel(true);
    }
    threads.shutdown();
  }

  private synchronized void restart() {
    if (!closed) {
      // On a thread of its own: the election that just ended is still unwinding on this one.
      threads.execute(this::start);
    }
  }

  private LeaderElectionConfig config() {
    LeaderCallbacks callbacks = new LeaderCallbacks(lead, rest,
        leader -> LOG.log(System.Logger.Level.INFO, "the leader is {0}", leader));
    LeaseLock lock = new LeaseLock(options.leaseNamespace(), options.leaseName(), options.identity());
    return new LeaderElectionConfig(lock, options.leaseDuration(), options.renewDeadline(), options.retryPeriod(),
        callbacks, true, options.leaseName());
  }
}
