package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Takes away all that a deploy made and nothing else; can be repeated after any failure. */
public final class Undeploy {
  private static final String KUEUE = "kueue.x-k8s.io";
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final Api api;
  private final Inventory inventory;
  private final Consumer<String> tell;
  private final boolean data;
  private final Instant end;

  /**
   * A removal.
   *
   * @param limit after which what is still there is told and given up
   * @param data whether claims that models were pulled into go as well
   */
  public Undeploy(Api api, Duration limit, boolean data, Consumer<String> tell) {
    this.api = api;
    this.data = data;
    inventory = new Inventory(api);
    this.tell = tell;
    end = Instant.now().plus(limit);
  }

  /**
   * Removes an installation; how many objects that were.
   *
   * @throws ClusterException with what is still there when the time is over
   */
  public int installation(String name, String namespace) throws InterruptedException {
    List<Leftovers.Labelled> labelled = inventory.labelled(name, namespace);
    List<ObjectName> objects = new ArrayList<>(labelled.stream()
        .filter(object -> !object.goes()).map(Leftovers.Labelled::name).toList());
    // Another namespace may bear the label, too: that is another installation, or one whose file was changed.
    objects.removeIf(object -> object.kind().equals(ObjectName.NAMESPACE));
    keepOthers(objects, inventory.elsewhere(name, namespace, labelled));
    List<ObjectName> kept = objects.stream().filter(object -> !data && Leftovers.holdsModel(object)).toList();
    objects.removeAll(kept);
    kept.forEach(claim -> tell.accept("kept      " + claim + ", which holds a model; --with-data removes it"));
    List<ObjectName> queues = objects.stream().filter(object -> object.kind().group().equals(KUEUE)).toList();
    objects.removeAll(queues);
    int removed = remove(objects);
    awaitNoPods(namespace, Rendering.labels(name));
    removed += remove(queues);
    Optional<GenericKubernetesResource> home = api.find(ObjectName.NAMESPACE, "", namespace);
    if (home.isEmpty() || !isOf(home.get(), name)) {
      return removed;
    }
    if (!kept.isEmpty()) {
      tell.accept("kept      Namespace " + namespace + ", which holds that");
      return removed;
    }
    return removed + namespace(home.get(), Rendering.labels(name));
  }

  /**
   * Removes the cluster's reconciler; how many objects that were.
   *
   * @throws ClusterException with the functions that still need it
   */
  public int autoscaler() throws InterruptedException {
    List<String> users = Autoscaler.users(api);
    if (!users.isEmpty()) {
      throw new ClusterException("the reconciler of keda.ebb.dev is kept, without which nothing starts or stops these: "
          + String.join(", ", users) + "; take them away first");
    }
    List<ObjectName> objects = new ArrayList<>(Autoscaler.there(api));
    boolean home = objects.removeIf(object -> object.kind().equals(ObjectName.NAMESPACE));
    int removed = remove(objects);
    Optional<GenericKubernetesResource> namespace =
        home ? api.find(ObjectName.NAMESPACE, "", Autoscaler.NAMESPACE) : Optional.empty();
    return namespace.isEmpty() ? removed : removed + namespace(namespace.get(), Autoscaler.LABELS);
  }

  /** What lies in no namespace is found by the name alone, which an installation in another namespace may have. */
  private void keepOthers(List<ObjectName> objects, List<String> elsewhere) {
    if (elsewhere.isEmpty()) {
      return;
    }
    List<ObjectName> kept = objects.stream().filter(object -> object.kind().clusterWide()).toList();
    objects.removeAll(kept);
    kept.forEach(object -> tell.accept("kept      " + object + ", which belongs to the installation of that name in"
        + " namespace " + String.join(", ", elsewhere)));
  }

  private static boolean isOf(GenericKubernetesResource namespace, String name) {
    return namespace.getMetadata().getLabels() != null
        && namespace.getMetadata().getLabels().entrySet().containsAll(Rendering.labels(name).entrySet());
  }

  private int namespace(GenericKubernetesResource home, Map<String, String> ours) throws InterruptedException {
    ObjectName object = ObjectName.of(home);
    List<String> strangers = Home.strangers(api, object.name(), ours);
    if (Home.existedBefore(home.getMetadata())) {
      unlabel(home);
      tell.accept("kept      " + object + ", which was there before; it only lost Ebb's labels");
      return 0;
    }
    if (!strangers.isEmpty()) {
      tell.accept("kept      " + object + ", which holds what is not Ebb's: " + String.join(", ", strangers)
          + "; kubectl delete namespace " + object.name() + " removes it with that");
      return 0;
    }
    // Else the namespace's controller would come back only after half of the pods' longest time to finish.
    awaitNoPods(object.name(), Map.of());
    return remove(List.of(object));
  }

  /** Applying nothing gives back the fields that were applied. */
  private void unlabel(GenericKubernetesResource home) {
    new Applier(api, false).apply(api.parse(
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + home.getMetadata().getName() + "}\n"), false);
  }

  private int remove(List<ObjectName> objects) throws InterruptedException {
    for (List<ObjectName> stage : RemovalOrder.of(objects)) {
      stage.forEach(inventory::delete);
      awaitGone(stage);
    }
    return objects.size();
  }

  private void awaitGone(List<ObjectName> stage) throws InterruptedException {
    List<ObjectName> left = new ArrayList<>(stage);
    while (true) {
      for (ObjectName object : List.copyOf(left)) {
        if (!inventory.exists(object)) {
          tell.accept("removed   " + object);
          left.remove(object);
        }
      }
      if (left.isEmpty()) {
        return;
      }
      if (Instant.now().isAfter(end)) {
        throw new ClusterException("not gone yet: "
            + left.stream().map(this::held).collect(Collectors.joining(", "))
            + "; run the same command again, or with a longer --timeout");
      }
      Thread.sleep(PAUSE);
    }
  }

  private void awaitNoPods(String namespace, Map<String, String> labels) throws InterruptedException {
    boolean told = false;
    while (true) {
      List<String> pods = api.client().pods().inNamespace(namespace).withLabels(labels).list().getItems().stream()
          .map(pod -> pod.getMetadata().getName()).toList();
      if (pods.isEmpty()) {
        return;
      }
      if (Instant.now().isAfter(end)) {
        throw new ClusterException("pods still finish: " + String.join(", ", pods)
            + "; run the same command again, or with a longer --timeout");
      }
      if (!told) {
        tell.accept("waits for " + pods.size() + (pods.size() == 1 ? " pod" : " pods") + " to finish");
        told = true;
      }
      Thread.sleep(PAUSE);
    }
  }

  private String held(ObjectName object) {
    List<String> finalizers = api.find(object.kind(), object.namespace(), object.name())
        .map(found -> found.getMetadata().getFinalizers()).orElse(List.of());
    boolean free = finalizers == null || finalizers.isEmpty();
    return object + (free ? "" : " (held by " + String.join(", ", finalizers) + ")");
  }
}
