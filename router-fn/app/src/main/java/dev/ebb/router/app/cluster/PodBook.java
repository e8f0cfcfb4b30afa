package dev.ebb.router.app.cluster;

import dev.ebb.router.app.platform.Loss;
import dev.ebb.router.function.Phase;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** The pods of a namespace's functions as the API server has them, and which came to an end. Thread-safe. */
final class PodBook implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PodBook.class);
  /** A watch ends now and then and is made anew at once; without one for that long nothing is known. */
  private static final long BLIND_AFTER_MS = 3_000;
  private static final int ENDS_REMEMBERED = 1_000;
  /** How long a pod that is taken away may go on answering: queue-proxy's drain, and the function's own. */
  private static final long DRAIN_MS = 90_000;
  /** For how long after a pod was taken calls may still be led to it. */
  private static final long LATE_MS = 5_000;

  private final SharedIndexInformer<Pod> informer;
  private final LongSupplier clockMs;
  private final Runnable changed;
  private final Map<String, AtomicLong> crashes = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> starts = new ConcurrentHashMap<>();
  private final Map<String, Taken> taken = new LinkedHashMap<>() {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Taken> eldest) {
      return size() > ENDS_REMEMBERED;
    }
  };
  private long watchedMs;
  private boolean told;

  private record Taken(String key, long atMs, boolean preempted) {}

  /**
   * A book that is empty until started.
   *
   * @param changed told after each change, by a thread of the client
   */
  PodBook(KubernetesClient client, String namespace, LongSupplier clockMs, Runnable changed) {
    this.clockMs = clockMs;
    this.changed = changed;
    watchedMs = clockMs.getAsLong() - BLIND_AFTER_MS;
    informer = client.pods().inNamespace(namespace).withLabel(PodFacts.PHASE_LABEL).runnableInformer(0);
    // Whatever it is, an outage or a right that is yet to be given, it may be over the next time.
    informer.exceptionHandler((started, failure) -> {
      blame(failure);
      return true;
    });
    informer.addEventHandler(new Handler());
  }

  void start() {
    informer.start();
  }

  /** Whether what it holds is what the cluster has. Says in the log, once each time, when that ends and begins. */
  synchronized boolean sees() {
    long now = clockMs.getAsLong();
    if (informer.hasSynced() && informer.isWatching()) {
      watchedMs = now;
      if (told) {
        told = false;
        LOG.info("the API server answers again: readiness is read from pods");
      }
    } else if (now - watchedMs > BLIND_AFTER_MS) {
      blame(null);
    }
    return now - watchedMs <= BLIND_AFTER_MS && informer.hasSynced();
  }

  List<Pod> pods() {
    return informer.getStore().list();
  }

  List<Pod> pods(String slug, Phase phase) {
    return pods().stream().filter(pod -> PodFacts.is(pod, slug, phase)).toList();
  }

  /** Ends of functions that nobody brought about. */
  long crashes(String slug, Phase phase) {
    return crashes.getOrDefault(slug + "/" + phase.label(), new AtomicLong()).get();
  }

  /** Pods that came since the start. */
  long starts(String slug, Phase phase) {
    return starts.getOrDefault(slug + "/" + phase.label(), new AtomicLong()).get();
  }

  /**
   * Why a connection may have broken.
   *
   * @param instance name of the pod; empty where it is not known, and any of the phase may have been it
   */
  Loss loss(String slug, Phase phase, String instance, long sinceMs) {
    if (!sees()) {
      return Loss.UNKNOWN;
    }
    if (instance.isEmpty()) {
      return anyTaken(slug + "/" + phase.label(), sinceMs - DRAIN_MS) ? Loss.TAKEN : Loss.UNKNOWN;
    }
    return isTaken(instance) || pods(slug, phase).stream().noneMatch(pod -> named(pod, instance))
        ? Loss.TAKEN : Loss.CRASHED;
  }

  /**
   * Whether a function was preempted so long ago that it should hold its quota no longer.
   *
   * @param instance name of the pod; empty where it is not known, and any that was there at the time may be it
   * @param sinceMs when it was called
   * @param mercyMs how long a preempted one may go on
   */
  boolean overdue(String slug, Phase phase, String instance, long sinceMs, long mercyMs) {
    long preemptedMs = clockMs.getAsLong() - mercyMs;
    synchronized (taken) {
      return taken.entrySet().stream()
          .filter(one -> one.getValue().preempted() && one.getValue().atMs() <= preemptedMs)
          .anyMatch(one -> instance.isEmpty()
              ? one.getValue().key().equals(slug + "/" + phase.label())
                  && sinceMs <= one.getValue().atMs() + LATE_MS
              : one.getKey().equals(PodFacts.hostname(instance)));
    }
  }

  /**
   * Whether a pod is no more, or should have ended a while ago: the connections of a node without power stand.
   *
   * @param instance name of the pod; of one that is not known nothing can be said
   */
  boolean gone(String slug, Phase phase, String instance) {
    if (instance.isEmpty() || !isTaken(instance) || !sees()) {
      return false;
    }
    long now = System.currentTimeMillis();
    return pods(slug, phase).stream().filter(pod -> named(pod, instance))
        .allMatch(pod -> PodFacts.pastItsEnd(pod, now));
  }

  @Override
  public void close() {
    informer.stop();
  }

  private synchronized void blame(Throwable failure) {
    if (!told) {
      told = true;
      LOG.warnf("the API server cannot be watched%s: until it can, functions are asked whether they are ready, and "
          + "no place in a queue is known", failure == null ? "" : " (" + failure.getMessage() + ")");
    }
  }

  private boolean anyTaken(String key, long sinceMs) {
    synchronized (taken) {
      return taken.values().stream().anyMatch(one -> one.key().equals(key) && one.atMs() >= sinceMs);
    }
  }

  private boolean isTaken(String name) {
    synchronized (taken) {
      return taken.containsKey(PodFacts.hostname(name));
    }
  }

  private static boolean named(Pod pod, String name) {
    return PodFacts.hostname(pod.getMetadata().getName()).equals(PodFacts.hostname(name));
  }

  private static String key(Pod pod) {
    return PodFacts.label(pod, PodFacts.MODEL_LABEL) + "/" + PodFacts.label(pod, PodFacts.PHASE_LABEL);
  }

  /** Takes note that a pod's quota is promised to others, also where the pod was on its way out before. */
  void preempted(Pod pod) {
    take(pod, true);
  }

  private void take(Pod pod) {
    take(pod, PodFacts.preempted(pod));
  }

  private void take(Pod pod, boolean preempted) {
    Taken now = new Taken(key(pod), clockMs.getAsLong(), preempted);
    synchronized (taken) {
      taken.merge(PodFacts.hostname(pod.getMetadata().getName()), now,
          (before, after) -> after.preempted() && !before.preempted() ? after : before);
    }
  }

  private final class Handler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      starts.computeIfAbsent(key(pod), key -> new AtomicLong()).incrementAndGet();
      if (PodFacts.taken(pod)) {
        take(pod);
      }
      changed.run();
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      if (PodFacts.taken(after)) {
        take(after);
      }
      int restarts = PodFacts.restarts(after) - PodFacts.restarts(before);
      if (restarts > 0) {
        crashes.computeIfAbsent(key(after), key -> new AtomicLong()).addAndGet(restarts);
      }
      changed.run();
    }

    @Override
    public void onDelete(Pod pod, boolean finalStateUnknown) {
      take(pod);
      changed.run();
    }
  }
}
