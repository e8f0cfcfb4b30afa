package dev.ebb.knative.deploy;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.Images;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The reconciler of {@code keda.ebb.dev}: one for a cluster, whatever is installed on it. */
public final class Autoscaler {
  public static final String NAMESPACE = "ebb-system";
  public static final String NAME = "ebb-autoscaler";
  /** Of each of its objects. */
  static final Map<String, String> LABELS =
      Map.of("app.kubernetes.io/name", NAME, "app.kubernetes.io/managed-by", "ebb");
  private static final String CLASS = "autoscaling.knative.dev/class";
  private static final String SERVING = "knative-serving";
  private static final String ARGUMENT = "\"--health-port=8081\"";
  private static final String FILE = "autoscaler.yaml";
  private static final String IMAGE = "REGISTRY/ebb-autoscaler:TAG";

  private Autoscaler() {}

  /** Whether its Deployment exists. */
  static boolean isThere(Api api) {
    return api.find(ObjectName.DEPLOYMENT, NAMESPACE, NAME).isPresent();
  }

  /**
   * Its objects in the order of applying, with the image of the same registry and tag.
   *
   * @throws ClusterException where the file names single images only
   */
  static List<GenericKubernetesResource> objects(Api api, EbbYaml yaml) {
    Images images = yaml.images();
    if (images.registry().isEmpty() || images.tag().isEmpty()) {
      throw new ClusterException("the reconciler's image is images.registry with images.tag, which the file lacks;"
          + " add them, or install keda/deploy/autoscaler.yaml and give --no-autoscaler");
    }
    String image = images.registry().get() + "/" + NAME + ":" + images.tag().get();
    List<GenericKubernetesResource> objects =
        parsed(api, withServing(text().replace(IMAGE, image), yaml.namespaces().knative()));
    images.pullSecret().ifPresent(secret -> objects.stream()
        .filter(object -> object.getKind().equals("ServiceAccount"))
        .forEach(account -> account.setAdditionalProperty("imagePullSecrets", List.of(Map.of("name", secret)))));
    return objects;
  }

  /** What there is of it, wherever Knative Serving was when it was installed. */
  static List<ObjectName> there(Api api) {
    Inventory inventory = new Inventory(api);
    List<ObjectName> names = parsed(api, text()).stream().map(ObjectName::of).toList();
    // Its right to read how Serving is set lies in Serving's namespace, which a file may name.
    Stream<ObjectName> rights = names.stream().map(ObjectName::kind).filter(kind -> !kind.clusterWide()
            && kind.group().equals("rbac.authorization.k8s.io")).distinct()
        .flatMap(kind -> api.list(kind, "", LABELS).stream()).map(ObjectName::of);
    return Stream.concat(names.stream().filter(inventory::exists), rights).distinct().toList();
  }

  /** Knative Services of any namespace that it starts and stops: those of deploys, and others of its class. */
  static List<String> users(Api api) {
    return api.list(ObjectName.KNATIVE_SERVICE, "", Map.of()).stream().filter(Autoscaler::isUser)
        .map(service -> ObjectName.of(service) + " in namespace " + service.getMetadata().getNamespace())
        .sorted().toList();
  }

  private static boolean isUser(GenericKubernetesResource service) {
    Map<String, String> labels = service.getMetadata().getLabels();
    Map<String, Object> template = Tree.map(Tree.map(service.getAdditionalProperties(), "spec"), "template");
    return labels != null && "ebb".equals(labels.get("app.kubernetes.io/managed-by"))
        || Tree.text(Tree.map(Tree.map(template, "metadata"), "annotations"), CLASS).equals("keda.ebb.dev");
  }

  private static String withServing(String text, String serving) {
    return serving.equals(SERVING) ? text : text.replace("namespace: " + SERVING + "\n", "namespace: " + serving + "\n")
        .replace(ARGUMENT, ARGUMENT + ", \"--serving-namespace=" + serving + "\"");
  }

  private static List<GenericKubernetesResource> parsed(Api api, String text) {
    return Stream.of(text.split("(?m)^---\n")).map(api::parse).toList();
  }

  private static String text() {
    try (InputStream stream = Autoscaler.class.getResourceAsStream(FILE)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
