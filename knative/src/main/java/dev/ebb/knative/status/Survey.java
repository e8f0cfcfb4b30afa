package dev.ebb.knative.status;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.render.ObjectKind;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks at the functions of installations; reads only. */
public final class Survey {
  private static final ObjectKind SERVICE = new ObjectKind("serving.knative.dev/v1", "Service", false);
  private static final ObjectKind WORKLOAD = new ObjectKind("kueue.x-k8s.io/v1beta2", "Workload", false);
  private static final String MODEL = "ebb.dev/model";
  private static final String PHASE = "ebb.dev/phase";
  private static final String QUEUE = "kueue.x-k8s.io/queue-name";
  private static final String REVISION = "serving.knative.dev/revision";

  private final Api api;
  private final RouterMetrics routers;
  private final Set<String> notes = new LinkedHashSet<>();
  private final Map<String, String> labels = new HashMap<>(Map.of("app.kubernetes.io/managed-by", "ebb"));

  /**
   * A survey.
   *
   * @param name of an installation; null for all
   */
  public Survey(Api api, String name) {
    this.api = api;
    routers = new RouterMetrics(api.client());
    if (name != null) {
      labels.put("app.kubernetes.io/instance", name);
    }
  }

  /** All functions in a namespace, or in all where it is null. */
  public List<Row> rows(String namespace) {
    List<Deployment> deployments = namespace == null
        ? api.client().apps().deployments().inAnyNamespace().withLabels(labels).list().getItems()
        : api.client().apps().deployments().inNamespace(namespace).withLabels(labels).list().getItems();
    List<GenericKubernetesResource> services = api.list(SERVICE, namespace == null ? "" : namespace, labels);
    TreeSet<String> namespaces = new TreeSet<>();
    deployments.forEach(one -> namespaces.add(one.getMetadata().getNamespace()));
    services.forEach(one -> namespaces.add(one.getMetadata().getNamespace()));
    List<Row> rows = new ArrayList<>();
    for (String one : namespaces) {
      Place place = new Place(one, of(services, one), of(deployments, one),
          api.client().v1().events().inNamespace(one).list().getItems(),
          api.client().pods().inNamespace(one).withLabels(labels).list().getItems(),
          new Quotas(api.list(WORKLOAD, one, Map.of())), Usage.read(api.client(), one));
      notes.addAll(place.usage().lines(one));
      rows.addAll(rows(place));
    }
    return rows;
  }

  /** What belongs below the table of the last look: quota of the queues, and why a demand is not known. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** What was read of a namespace. */
  private record Place(String namespace, List<GenericKubernetesResource> services, List<Deployment> deployments,
      List<Event> events, List<Pod> pods, Quotas quotas, Usage usage) {}

  private List<Row> rows(Place place) {
    List<Row> rows = new ArrayList<>();
    Map<String, Integer> traffic = new HashMap<>();
    place.services().forEach(service -> traffic.putAll(Traffic.of(service)));
    for (Deployment deployment : place.deployments()) {
      Map<String, String> own = deployment.getMetadata().getLabels();
      if (!own.containsKey(PHASE)) {
        continue;
      }
      String revision = own.getOrDefault(REVISION, "");
      int percent = revision.isEmpty() ? -1 : traffic.getOrDefault(revision, 0);
      if (percent != 0 || replicas(deployment.getSpec().getReplicas()) > 0) {
        rows.add(row(place, deployment, revision, percent));
      }
    }
    return rows;
  }

  private Row row(Place place, Deployment deployment, String revision, int traffic) {
    ObjectMeta metadata = deployment.getMetadata();
    Map<String, String> selector = deployment.getSpec().getSelector().getMatchLabels();
    List<String> pods = place.pods().stream()
        .filter(pod -> pod.getMetadata().getLabels().entrySet().containsAll(selector.entrySet()))
        .map(pod -> pod.getMetadata().getUid()).toList();
    String scaled = revision.isEmpty() ? metadata.getName() : revision;
    Map<String, String> objects = Map.of("Deployment", metadata.getName(), "ScaledObject", scaled, "PodAutoscaler",
        scaled, "HorizontalPodAutoscaler", "keda-hpa-" + scaled);
    String model = metadata.getLabels().get(MODEL);
    String phase = metadata.getLabels().get(PHASE);
    double demand = routers.demand(place.namespace(), model, phase);
    String unknown = Double.isNaN(demand) ? routers.unknown(place.namespace(), model, phase) : "";
    if (!unknown.isEmpty()) {
      notes.add("demand -: " + unknown);
    }
    String queue = deployment.getSpec().getTemplate().getMetadata().getLabels()
        .getOrDefault(QUEUE, metadata.getLabels().getOrDefault(QUEUE, ""));
    return new Row(place.namespace(), model + "-" + phase, revision, traffic,
        deployment.getStatus() == null ? 0 : replicas(deployment.getStatus().getReadyReplicas()),
        replicas(deployment.getSpec().getReplicas()), place.quotas().of(pods),
        place.usage().byQueue().getOrDefault(queue, Map.of()), demand, unknown,
        Decisions.newest(place.events(), objects, Instant.now()));
  }

  private static int replicas(Integer count) {
    return count == null ? 0 : count;
  }

  private static <T extends io.fabric8.kubernetes.api.model.HasMetadata> List<T> of(List<T> all, String namespace) {
    return all.stream().filter(one -> namespace.equals(one.getMetadata().getNamespace())).toList();
  }
}
