package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Knative Services whose names are wanted for Services of Kubernetes, as when a function's mode changes. Knative gives
 * each of its services one of Kubernetes by the same name, whose fields are Knative's until both are gone.
 */
final class FormerServices {
  private static final ObjectKind SERVICE = new ObjectKind("v1", "Service", false);

  private final Api api;
  private final Duration limit;

  /**
   * Those of a cluster.
   *
   * @param limit how long one that was taken away has to be gone
   */
  FormerServices(Api api, Duration limit) {
    this.api = api;
    this.limit = limit;
  }

  /** Those of the installation that are in the way, or were and are going. */
  List<ObjectName> inTheWay(String installation, Collection<ObjectName> wanted) {
    return wanted.stream().filter(name -> name.kind().equals(SERVICE)).filter(name -> isTaken(name, installation))
        .map(FormerServices::knative).toList();
  }

  /** Whether an object cannot be tried as long as these are there. */
  static boolean waits(ObjectName object, List<ObjectName> inTheWay) {
    return object.kind().equals(SERVICE) && inTheWay.contains(knative(object));
  }

  /**
   * Takes one away and waits until its name is free.
   *
   * @throws ClusterException where it is not in time
   */
  void remove(ObjectName service) throws InterruptedException {
    Inventory inventory = new Inventory(api);
    inventory.delete(service);
    if (!Gone.within(limit, () -> inventory.exists(service) || isKnatives(service))) {
      throw new ClusterException(service + " is not gone yet, whose name a Service of Kubernetes is to have;"
          + " kubectl -n " + service.namespace() + " get ksvc,route,service " + service.name()
          + " shows what is left, and the same command again goes on");
    }
  }

  private boolean isTaken(ObjectName wanted, String installation) {
    ObjectName former = knative(wanted);
    Optional<GenericKubernetesResource> there = api.find(former.kind(), former.namespace(), former.name());
    // Somebody else's is not Ebb's to take away; the API server will name the fields that it owns.
    return there.map(service -> service.getMetadata().getLabels() != null && service.getMetadata().getLabels()
        .entrySet().containsAll(Rendering.labels(installation).entrySet())).orElseGet(() -> isKnatives(former));
  }

  private boolean isKnatives(ObjectName former) {
    List<OwnerReference> owners = api.find(SERVICE, former.namespace(), former.name())
        .map(service -> service.getMetadata().getOwnerReferences()).orElse(List.of());
    return owners != null
        && owners.stream().anyMatch(owner -> owner.getApiVersion().startsWith("serving.knative.dev/"));
  }

  private static ObjectName knative(ObjectName wanted) {
    return new ObjectName(ObjectName.KNATIVE_SERVICE, wanted.namespace(), wanted.name());
  }
}
