package dev.ebb.knative.preflight;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Quantity;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.math.BigDecimal;
import java.net.HttpURLConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The nodes that take pods, and what they run them with. */
final class NodeReader {
  private final KubernetesClient client;

  NodeReader(KubernetesClient client) {
    this.client = client;
  }

  List<ClusterFacts.Node> nodes() {
    return client.nodes().list().getItems().stream().filter(NodeReader::isOpen).map(NodeReader::facts).toList();
  }

  /** Read where a model names one. */
  Optional<Set<String>> runtimeClasses(Optional<EbbYaml> yaml) {
    if (yaml.stream().flatMap(file -> file.models().stream()).allMatch(model -> model.runtimeClass().isEmpty())) {
      return Optional.empty();
    }
    try {
      // The client's own method asks for v1beta1, which API servers have no more.
      return Optional.of(client.resources(RuntimeClass.class).list().getItems().stream()
          .map(one -> one.getMetadata().getName()).collect(Collectors.toSet()));
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static boolean isOpen(Node node) {
    return !Boolean.TRUE.equals(node.getSpec().getUnschedulable()) && node.getStatus().getConditions().stream()
        .anyMatch(one -> one.getType().equals("Ready") && one.getStatus().equals("True"));
  }

  private static ClusterFacts.Node facts(Node node) {
    Map<String, BigDecimal> amounts = new HashMap<>();
    node.getStatus().getAllocatable()
        .forEach((resource, amount) -> amounts.put(resource, new Quantity(amount.toString()).value()));
    List<ClusterFacts.Taint> taints = node.getSpec().getTaints() == null ? List.of()
        : node.getSpec().getTaints().stream().filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
            .map(taint -> new ClusterFacts.Taint(taint.getKey(), taint.getValue() == null ? "" : taint.getValue(),
                taint.getEffect())).toList();
    Map<String, String> labels = node.getMetadata().getLabels();
    return new ClusterFacts.Node(node.getMetadata().getName(), labels == null ? Map.of() : labels, taints, amounts);
  }
}
