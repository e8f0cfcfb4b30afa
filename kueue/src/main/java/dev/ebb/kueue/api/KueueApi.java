package dev.ebb.kueue.api;

import dev.ebb.kueue.KueueNames;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Kueue's API as one cluster serves it. Objects are fetched in the version that is there and given in the shape of
 * {@code v1beta2}, so that nobody else need know of versions. Thread-safe.
 */
public final class KueueApi {
  /** The versions that can be read, the best first. */
  private static final List<String> READABLE = List.of(KueueNames.VERSION, "v1beta1");

  private final KubernetesClient client;
  private final String version;
  private final Set<String> plurals;

  private KueueApi(KubernetesClient client, String version, Set<String> plurals) {
    this.client = client;
    this.version = version;
    this.plurals = plurals;
  }

  /**
   * Asks the cluster what it serves.
   *
   * @throws KueueAbsentException if it has no Kueue, or none whose objects can be read
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if it cannot be asked
   */
  public static KueueApi discover(KubernetesClient client) throws KueueAbsentException {
    APIGroup group = client.getApiGroup(KueueNames.GROUP);
    if (group == null) {
      throw new KueueAbsentException("the cluster serves no " + KueueNames.GROUP + ": install Kueue 0.19 or newer");
    }
    List<String> served = group.getVersions().stream().map(GroupVersionForDiscovery::getVersion).toList();
    String version = READABLE.stream().filter(served::contains).findFirst()
        .orElseThrow(() -> new KueueAbsentException("the cluster serves " + KueueNames.GROUP + " only as "
            + served + ", and what can be read is " + READABLE + ": install Kueue 0.19 or newer"));
    APIResourceList resources = client.getApiResources(KueueNames.GROUP + "/" + version);
    Set<String> plurals = resources == null ? Set.of()
        : resources.getResources().stream().map(APIResource::getName).collect(Collectors.toUnmodifiableSet());
    return new KueueApi(client, version, plurals);
  }

  /** The version that is read, such as {@code v1beta2}. */
  public String version() {
    return version;
  }

  /** Whether the version has this kind at all; cohorts came later than the rest. */
  public boolean serves(Class<? extends HasMetadata> type) {
    return plurals.contains(HasMetadata.getPlural(type));
  }

  /**
   * The client's operations on a kind, in the cluster's own version, for lists and informers.
   *
   * @see #read
   */
  public MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
      raw(Class<? extends HasMetadata> type) {
    return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
        .withGroup(KueueNames.GROUP)
        .withVersion(version)
        .withKind(HasMetadata.getKind(type))
        .withPlural(HasMetadata.getPlural(type))
        .withNamespaced(Namespaced.class.isAssignableFrom(type))
        .build());
  }

  /** All objects of a kind in all namespaces; empty where the kind is not served. */
  public <T extends HasMetadata> List<T> list(Class<T> type) {
    if (!serves(type)) {
      return List.of();
    }
    return raw(type).inAnyNamespace().list().getItems().stream().map(object -> read(object, type)).toList();
  }

  /**
   * An object as it came from the cluster, in the shape of {@code v1beta2}.
   *
   * @throws IllegalArgumentException if a field has another type than Kueue gives it
   */
  public <T extends HasMetadata> T read(GenericKubernetesResource object, Class<T> type) {
    var serialization = client.getKubernetesSerialization();
    @SuppressWarnings("unchecked")
    Map<String, Object> fields = serialization.convertValue(object, Map.class);
    return serialization.convertValue(OlderShape.mended(HasMetadata.getKind(type), fields), type);
  }
}
