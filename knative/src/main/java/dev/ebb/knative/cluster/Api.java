package dev.ebb.knative.cluster;

import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Objects of any kind, by what the API server says that it serves. */
public final class Api {
  private final KubernetesClient client;
  private final Map<String, List<APIResource>> served = new HashMap<>();

  public Api(KubernetesClient client) {
    this.client = client;
  }

  public KubernetesClient client() {
    return client;
  }

  /** What a kind is called in paths, for example {@code deployments}; empty where it is not served. */
  public Optional<String> plural(ObjectKind kind) {
    return resources(kind.apiVersion()).stream()
        .filter(resource -> resource.getKind().equals(kind.kind()) && !resource.getName().contains("/"))
        .map(APIResource::getName).findFirst();
  }

  /** The objects of a kind with these labels; none where the kind is not served. An empty namespace means all. */
  public List<GenericKubernetesResource> list(ObjectKind kind, String namespace, Map<String, String> labels) {
    Optional<String> plural = plural(kind);
    if (plural.isEmpty()) {
      return List.of();
    }
    var objects = client.genericKubernetesResources(context(kind, plural.get()));
    return kind.clusterWide() || namespace.isEmpty()
        ? objects.inAnyNamespace().withLabels(labels).list().getItems()
        : objects.inNamespace(namespace).withLabels(labels).list().getItems();
  }

  /** An object of a name; empty where it or its kind is not there. */
  public Optional<GenericKubernetesResource> find(ObjectKind kind, String namespace, String name) {
    return plural(kind).map(plural -> {
      var objects = client.genericKubernetesResources(context(kind, plural));
      return kind.clusterWide() ? objects.withName(name).get() : objects.inNamespace(namespace).withName(name).get();
    });
  }

  /**
   * The operations on one object.
   *
   * @throws ClusterException where its kind is not served
   */
  public Resource<GenericKubernetesResource> resource(GenericKubernetesResource object) {
    boolean clusterWide = object.getMetadata().getNamespace() == null;
    ObjectKind kind = new ObjectKind(object.getApiVersion(), object.getKind(), clusterWide);
    String plural = plural(kind).orElseThrow(() -> new ClusterException(
        "the cluster serves no " + kind.kind() + " of " + kind.apiVersion()
            + "; ebb doctor --cluster says what to do"));
    var objects = client.genericKubernetesResources(context(kind, plural));
    return clusterWide ? objects.resource(object)
        : objects.inNamespace(object.getMetadata().getNamespace()).resource(object);
  }

  /** An object as the API server takes it, from YAML. */
  public GenericKubernetesResource parse(String yaml) {
    return client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class);
  }

  private List<APIResource> resources(String apiVersion) {
    return served.computeIfAbsent(apiVersion, version -> {
      try {
        APIResourceList list = client.getApiResources(version);
        return list == null ? List.of() : list.getResources();
      } catch (KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
          return List.of();
        }
        throw e;
      }
    });
  }

  private static ResourceDefinitionContext context(ObjectKind kind, String plural) {
    return new ResourceDefinitionContext.Builder().withGroup(kind.group()).withVersion(kind.version())
        .withKind(kind.kind()).withPlural(plural).withNamespaced(!kind.clusterWide()).build();
  }
}
