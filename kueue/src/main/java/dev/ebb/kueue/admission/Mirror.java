package dev.ebb.kueue.admission;

import dev.ebb.kueue.api.KueueApi;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The objects of one of Kueue's kinds as they are in the cluster, in all namespaces, read once for each change. */
final class Mirror<T extends HasMetadata> implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Mirror.class.getName());

  private final KueueApi api;
  private final Class<T> type;
  private final Runnable changed;
  private final Map<String, T> objects = new ConcurrentHashMap<>();
  private SharedIndexInformer<GenericKubernetesResource> informer;

  /**
   * A mirror that shows nothing until started.
   *
   * @param changed run, by a thread of the client, after each change
   */
  Mirror(KueueApi api, Class<T> type, Runnable changed) {
    this.api = api;
    this.type = type;
    this.changed = changed;
  }

  /** Starts to follow; completes when all objects that are there were seen. A kind that is not served stays empty. */
  CompletionStage<Void> start() {
    if (!api.serves(type)) {
      return CompletableFuture.completedStage(null);
    }
    informer = api.raw(type).inAnyNamespace().runnableInformer(0);
    // One that was never there is told by the start. Later, whatever it is, it may be over the next time.
    informer.exceptionHandler((begun, failure) -> begun);
    return informer.addEventHandler(new Handler()).start();
  }

  /** Whether changes are told just now; of a kind that is not served there are none. */
  boolean follows() {
    return informer == null || informer.isWatching();
  }

  Collection<T> all() {
    return List.copyOf(objects.values());
  }

  @Override
  public void close() {
    if (informer != null) {
      informer.stop();
    }
  }

  private static String key(GenericKubernetesResource object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  private final class Handler implements ResourceEventHandler<GenericKubernetesResource> {
    @Override
    public void onAdd(GenericKubernetesResource object) {
      put(object);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource after) {
      put(after);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean finalStateUnknown) {
      objects.remove(key(object));
      changed.run();
    }

    private void put(GenericKubernetesResource object) {
      try {
        objects.put(key(object), api.read(object, type));
      } catch (IllegalArgumentException e) {
        // One odd object must not end the informer; its last readable state would be a lie.
        objects.remove(key(object));
        LOG.log(System.Logger.Level.WARNING, "cannot read " + type.getSimpleName() + " " + key(object), e);
      }
      changed.run();
    }
  }
}
