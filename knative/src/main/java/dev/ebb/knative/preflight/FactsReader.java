package dev.ebb.knative.preflight;

import dev.ebb.knative.cluster.Api;
import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.deploy.Autoscaler;
import dev.ebb.knative.render.Manifest;
import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what the checks judge; changes nothing. */
final class FactsReader {
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
  /** The reconciler's, unless it was told another. */
  private static final String LEASE = "keda-ebb-dev";
  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final Map<String, String> OF_EBB =
      Map.of("app.kubernetes.io/name", "ebb", "app.kubernetes.io/managed-by", "ebb");
  private static final List<String> VERBS = List.of("get", "list", "create", "patch", "delete");

  private final Api api;
  private final KubernetesClient client;
  private final String serving;
  private final String keda;

  FactsReader(Api api, String serving, String keda) {
    this.api = api;
    client = api.client();
    this.serving = serving;
    this.keda = keda;
  }

  ClusterFacts read(Optional<EbbYaml> yaml) {
    String version = version();
    try {
      Set<ObjectKind> kinds = kinds(yaml);
      String namespace = yaml.map(EbbYaml::namespace).orElse("");
      Set<String> namespaces = Scraping.namespaces(api);
      NodeReader nodes = new NodeReader(client);
      VolumeReader volumes = new VolumeReader(client);
      return new ClusterFacts(version,
          kinds.stream().filter(kind -> api.plural(kind).isEmpty()).collect(Collectors.toSet()),
          parts(), settings(), denied(kinds, namespace), nodes.nodes(), volumes.claims(namespace),
          yaml.flatMap(volumes::arenaFolder), yaml.map(this::secrets).orElse(Map.of()), storageClasses(),
          nodes.runtimeClasses(yaml), leaseHolder(),
          yaml.map(this::sameName).orElse(List.of()), yaml.map(this::neighbours).orElse(Set.of()),
          namespaces, yaml.map(file -> new PrometheusReader(client, file).read(namespaces))
              .orElseGet(Scrape.NotAsked::new));
    } catch (KubernetesClientException e) {
      throw new ClusterException("the cluster cannot be read: " + e.getMessage(), e);
    }
  }

  private String version() {
    try {
      return client.getKubernetesVersion().getGitVersion() + " at " + client.getMasterUrl();
    } catch (KubernetesClientException e) {
      Throwable deepest = e;
      while (deepest.getCause() != null) {
        deepest = deepest.getCause();
      }
      throw new ClusterException("the API server at " + client.getMasterUrl() + " does not answer ("
          + deepest.getClass().getSimpleName() + ": " + deepest.getMessage()
          + "); kubectl cluster-info tells whether it can be reached, --kubeconfig and --context name another", e);
    }
  }

  private static Set<ObjectKind> kinds(Optional<EbbYaml> yaml) {
    return new LinkedHashSet<>(yaml
        .map(file -> Rendering.of(file).stream().map(Manifest::objectKind).toList()).orElse(Rendering.kinds()));
  }

  private Map<String, List<ClusterFacts.Part>> parts() {
    Map<String, List<ClusterFacts.Part>> parts = new HashMap<>();
    for (String namespace : List.of(serving, PlatformChecks.EVENTING, keda, PlatformChecks.KUEUE,
        PlatformChecks.RECONCILER)) {
      parts.put(namespace, client.apps().deployments().inNamespace(namespace).list().getItems().stream()
          .map(FactsReader::part).toList());
    }
    return parts;
  }

  private static ClusterFacts.Part part(Deployment deployment) {
    Map<String, String> labels =
        deployment.getMetadata().getLabels() == null ? Map.of() : deployment.getMetadata().getLabels();
    String image = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage();
    String label = labels.getOrDefault("app.kubernetes.io/version", "");
    boolean told = label.matches("v?[0-9].*");
    boolean available = deployment.getStatus() != null && deployment.getStatus().getConditions().stream()
        .anyMatch(one -> one.getType().equals("Available") && one.getStatus().equals("True"));
    return new ClusterFacts.Part(deployment.getMetadata().getName(), available, told ? label : tag(image));
  }

  /** The tag of an image; empty where it has none, or a digest. */
  private static String tag(String image) {
    String last = image.substring(image.lastIndexOf('/') + 1);
    return last.contains("@") || !last.contains(":") ? "" : last.substring(last.indexOf(':') + 1);
  }

  private Map<String, Map<String, String>> settings() {
    Map<String, Map<String, String>> settings = new HashMap<>();
    for (ConfigMap map : client.configMaps().inNamespace(serving).list().getItems()) {
      settings.put(map.getMetadata().getName(), map.getData() == null ? Map.of() : map.getData());
    }
    return settings;
  }

  private List<String> denied(Set<ObjectKind> kinds, String namespace) {
    List<String> denied = new ArrayList<>();
    for (ObjectKind kind : kinds) {
      Optional<String> plural = api.plural(kind);
      if (plural.isPresent()) {
        String resource = plural.get() + (kind.group().isEmpty() ? "" : "." + kind.group());
        VERBS.stream().filter(verb -> !may(verb, kind, plural.get(), namespace))
            .forEach(verb -> denied.add(verb + " " + resource));
      }
    }
    return denied;
  }

  private boolean may(String verb, ObjectKind kind, String plural, String namespace) {
    SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder().withNewSpec().withNewResourceAttributes()
        .withVerb(verb).withGroup(kind.group()).withResource(plural)
        .withNamespace(kind.clusterWide() ? "" : namespace).endResourceAttributes().endSpec().build();
    return client.authorization().v1().selfSubjectAccessReview().create(review).getStatus().getAllowed();
  }

  /** Of those that the file names, one by one: nobody else's are read, and of these no value is kept. */
  Map<String, Optional<Set<String>>> secrets(EbbYaml yaml) {
    Map<String, Optional<Set<String>>> secrets = new HashMap<>();
    for (String name : SecretChecks.named(yaml)) {
      try {
        Secret secret = client.secrets().inNamespace(yaml.namespace()).withName(name).get();
        if (secret != null) {
          secrets.put(name, Optional.of(secret.getData() == null ? Set.of() : Set.copyOf(secret.getData().keySet())));
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
          throw e;
        }
        secrets.put(name, Optional.empty());
      }
    }
    return secrets;
  }

  private Map<String, Boolean> storageClasses() {
    return client.storage().v1().storageClasses().list().getItems().stream().collect(Collectors.toMap(
        one -> one.getMetadata().getName(), one -> one.getMetadata().getAnnotations() != null
            && "true".equals(one.getMetadata().getAnnotations().get(DEFAULT_CLASS))));
  }

  /** Of a lease that has not run out. */
  private String leaseHolder() {
    Lease lease = client.leases().inNamespace(Autoscaler.NAMESPACE).withName(LEASE).get();
    if (lease == null || lease.getSpec() == null || lease.getSpec().getRenewTime() == null
        || lease.getSpec().getHolderIdentity() == null || lease.getSpec().getLeaseDurationSeconds() == null) {
      return "";
    }
    boolean held = lease.getSpec().getRenewTime().plusSeconds(lease.getSpec().getLeaseDurationSeconds())
        .isAfter(ZonedDateTime.now());
    return held ? lease.getSpec().getHolderIdentity() : "";
  }

  private List<String> sameName(EbbYaml yaml) {
    return client.namespaces().withLabels(Rendering.labels(yaml.name())).list().getItems().stream()
        .map(namespace -> namespace.getMetadata().getName()).filter(name -> !name.equals(yaml.namespace()))
        .sorted().toList();
  }

  /** By the accounts that every installation has; labels of the namespace alone may be of one that went. */
  Set<String> neighbours(EbbYaml yaml) {
    return client.serviceAccounts().inNamespace(yaml.namespace()).withLabels(OF_EBB).list().getItems().stream()
        .map(account -> account.getMetadata().getLabels().getOrDefault(INSTANCE, ""))
        .filter(name -> !name.equals(yaml.name())).collect(Collectors.toSet());
  }
}
