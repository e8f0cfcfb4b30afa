package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of an installation is on the cluster, found by its labels. */
final class Inventory {
  private final Api api;

  Inventory(Api api) {
    this.api = api;
  }

  /** All objects of kinds that are rendered with the installation's labels, in its namespace or in none. */
  List<Leftovers.Labelled> labelled(String name, String namespace) {
    List<Leftovers.Labelled> found = new ArrayList<>();
    for (ObjectKind kind : Rendering.kinds()) {
      for (GenericKubernetesResource object : list(kind, name, namespace)) {
        found.add(labelled(kind, kind.clusterWide() ? "" : namespace, object));
      }
    }
    return found;
  }

  /**
   * Other namespaces that an installation of this name lives in. A namespace that was kept for what else is in it bears
   * the labels on; it counts only where it holds more than models, or where nothing else tells whose the objects are.
   */
  List<String> elsewhere(String name, String namespace, List<Leftovers.Labelled> labelled) {
    List<ObjectName> found = labelled.stream().map(Leftovers.Labelled::name).toList();
    boolean here = found.contains(new ObjectName(ObjectName.NAMESPACE, "", namespace))
        || found.stream().anyMatch(object -> !object.kind().clusterWide());
    return found.stream().filter(object -> object.kind().equals(ObjectName.NAMESPACE)).map(ObjectName::name)
        .filter(other -> !other.equals(namespace)).filter(other -> !here || lives(name, other)).toList();
  }

  private boolean lives(String name, String namespace) {
    return labelled(name, namespace).stream().filter(object -> !object.goes()).map(Leftovers.Labelled::name)
        .anyMatch(object -> !object.kind().clusterWide() && !Leftovers.holdsModel(object));
  }

  static Leftovers.Labelled labelled(ObjectKind kind, String namespace, HasMetadata object) {
    List<OwnerReference> owners =
        Optional.ofNullable(object.getMetadata().getOwnerReferences()).orElse(List.of());
    // A JobSink (Eventing 0.50) calls itself jobsinks in its jobs; the garbage collector knows no such kind.
    boolean goes = owners.stream().anyMatch(owner -> !owner.getKind().equals("jobsinks"));
    return new Leftovers.Labelled(new ObjectName(kind, namespace, object.getMetadata().getName()), !owners.isEmpty(),
        goes);
  }

  private List<GenericKubernetesResource> list(ObjectKind kind, String name, String namespace) {
    try {
      return api.list(kind, namespace, Rendering.labels(name));
    } catch (KubernetesClientException e) {
      throw new ClusterException("cannot list the " + kind.kind() + " objects of " + name + ": " + e.getMessage(), e);
    }
  }

  boolean exists(ObjectName name) {
    return api.find(name.kind(), name.namespace(), name.name()).isPresent();
  }

  /** Asks for an object and what it made to be deleted; that it is gone already is as well. */
  void delete(ObjectName name) {
    try {
      api.find(name.kind(), name.namespace(), name.name()).ifPresent(object ->
          api.resource(object).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw new ClusterException(Refusal.sentence(name, e), e);
      }
    }
  }
}
