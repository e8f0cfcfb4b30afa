package dev.ebb.keda.loop;

import dev.ebb.keda.decide.Serving;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What Knative Serving is and how it is set, kept by a watch of each of its ConfigMaps. Without the right to read them
 * all goes on: triggers then ask in both of the activator's ways, and it is said what is not known.
 */
final class ServingView implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ServingView.class.getName());
  private static final long RESYNC_MS = 600_000;
  /** Rather begin to scale without it. */
  private static final long FIRST_LOOK_S = 10;

  private final String namespace;
  private final Runnable changed;
  private final Map<String, SharedIndexInformer<ConfigMap>> informers = new TreeMap<>();
  private final Map<String, CompletableFuture<Void>> looked = new TreeMap<>();
  private final Map<String, String> unread = new TreeMap<>();
  private volatile Serving serving;
  private volatile boolean begun;

  /**
   * Prepares the watches.
   *
   * @param namespace that Serving is in
   * @param changed is told when the view is another than before, from the end of {@link #start} on
   */
  ServingView(KubernetesClient client, String namespace, Runnable changed) {
    this.namespace = namespace;
    this.changed = changed;
    for (String name : Serving.CONFIG_MAPS) {
      unread.put(name, "not looked at yet");
      looked.put(name, new CompletableFuture<>());
      informers.put(name, client.configMaps().inNamespace(namespace).withName(name).runnableInformer(RESYNC_MS)
          .addEventHandler(new Looker()).exceptionHandler((started, error) -> failed(name, error)));
    }
    serving = Serving.of(Map.of(), unread);
  }

  /** Begins to watch, and waits a little for the first look so that what starts need not be changed at once. */
  void start() {
    informers.forEach((name, informer) -> informer.start().thenRun(() -> read(name)));
    CompletableFuture.allOf(looked.values().toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, FIRST_LOOK_S, TimeUnit.SECONDS).join();
    begun = true;
    LOG.log(System.Logger.Level.INFO, "Knative Serving in {0}: {1}, activator series {2}", namespace,
        serving.version().isEmpty() ? "of unknown version" : "version " + serving.version(), serving.activator());
  }

  Serving serving() {
    return serving;
  }

  /** The ConfigMap where it is there, to record events on. */
  List<ConfigMap> configMap(String name) {
    return informers.get(name).getStore().list();
  }

  @Override
  public void close() {
    informers.values().forEach(SharedIndexInformer::stop);
  }

  /** Tried again, later and later: the right may be given meanwhile. */
  private boolean failed(String name, Throwable error) {
    synchronized (this) {
      unread.put(name, error instanceof KubernetesClientException refused && refused.getStatus() != null
          ? refused.getStatus().getMessage() : error.toString());
    }
    look();
    looked.get(name).complete(null);
    return true;
  }

  private void read(String name) {
    synchronized (this) {
      unread.remove(name);
    }
    look();
    looked.get(name).complete(null);
  }

  private void look() {
    boolean other;
    synchronized (this) {
      Map<String, ConfigMap> found = new TreeMap<>();
      Serving.CONFIG_MAPS.forEach(name -> configMap(name).forEach(map -> found.put(name, map)));
      Serving now = Serving.of(found, unread);
      other = !now.equals(serving);
      serving = now;
    }
    if (other && begun) {
      changed.run();
    }
  }

  private final class Looker implements ResourceEventHandler<ConfigMap> {
    @Override
    public void onAdd(ConfigMap map) {
      read(map.getMetadata().getName());
    }

    @Override
    public void onUpdate(ConfigMap before, ConfigMap map) {
      look();
    }

    @Override
    public void onDelete(ConfigMap map, boolean finalStateUnknown) {
      look();
    }
  }
}
