package dev.ebb.knative.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.render.ObjectKind;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each thing that a cluster may lack, beginning with a cluster that lacks nothing. */
class PreflightTest {
  private static final Map<String, ClusterFacts.Room> CLAIMS =
      Map.of("ebb-models", new ClusterFacts.Room("", false, "1Gi"));
  private Set<ObjectKind> unserved = Set.of();
  private final Map<String, List<ClusterFacts.Part>> parts = new HashMap<>();
  private final Map<String, Map<String, String>> settings = new HashMap<>();
  private List<String> denied = List.of();
  private List<ClusterFacts.Node> nodes = List.of(node(Map.of(), List.of(), 0));
  private Map<String, ClusterFacts.Room> claims = CLAIMS;
  private Optional<String> arenaFolder = Optional.empty();
  private Map<String, Optional<Set<String>>> secrets = Map.of();
  private Map<String, Boolean> storageClasses = Map.of("slow", false);
  private Optional<Set<String>> runtimeClasses = Optional.empty();
  private String leaseHolder = "ebb-autoscaler-1";
  private List<String> sameName = List.of();
  private Set<String> neighbours = Set.of();
  private Set<String> namespaces = Set.of("ebb", "monitoring", "kourier-system", "keda");
  private Scrape scrape = new Scrape.Answered(Set.of(), Set.of());
  private String text;

  PreflightTest() throws Exception {
    text = Files.readString(Path.of("examples/ebb.yaml"));
    for (String namespace : List.of("knative-serving", "keda", "kueue-system", "ebb-system", "knative-eventing")) {
      parts.put(namespace, List.of(new ClusterFacts.Part("controller", true, "1.2.3")));
    }
    settings.put("config-network", Map.of("mesh-compatibility-mode", "disabled"));
    settings.put("config-observability", Map.of("metrics-protocol", "prometheus"));
    settings.put("config-deployment", Map.of("pod-is-always-schedulable", "true"));
    settings.put("config-defaults", Map.of());
    settings.put("config-features", new HashMap<>(Map.of("kubernetes.podspec-persistent-volume-claim", "enabled",
        "kubernetes.podspec-persistent-volume-write", "Enabled")));
  }

  private static ClusterFacts.Node node(Map<String, String> labels, List<ClusterFacts.Taint> taints, int gpus) {
    return new ClusterFacts.Node("n1", labels, taints, Map.of("nvidia.com/gpu", BigDecimal.valueOf(gpus),
        "cpu", new BigDecimal("1.93"), "memory", BigDecimal.valueOf(4L << 30)));
  }

  private List<String> bad() throws Exception {
    ClusterFacts facts =
        new ClusterFacts("v1.36.4", unserved, parts, settings, denied, nodes, claims,
            arenaFolder, secrets, storageClasses, runtimeClasses, leaseHolder, sameName,
            neighbours, namespaces, scrape);
    return Preflight.judge(facts, Optional.of(EbbYaml.parse("ebb.yaml", text)), "knative-serving", "keda").stream()
        .filter(finding -> finding.grade() != Finding.Grade.OK).map(Finding::toString).toList();
  }

  private void only(String... words) throws Exception {
    List<String> bad = bad();
    assertEquals(1, bad.size(), bad.toString());
    for (String word : words) {
      assertTrue(bad.getFirst().contains(word), word + " is not in: " + bad.getFirst());
    }
  }

  private void inDecode(String more) {
    text = text.replaceFirst("    decode:\n", "    " + more + "\n    decode:\n");
  }

  @Test
  void aClusterThatHasAll() throws Exception {
    assertEquals(List.of(), bad());
  }

  @Test
  void withoutAFileNothingOfAnInstallationIsAskedFor() {
    ClusterFacts facts = new ClusterFacts("v1", Set.of(), parts, settings, List.of(), List.of(), Map.of(),
        Optional.empty(), Map.of(), Map.of(), Optional.empty(), "one", List.of(), Set.of(), Set.of(),
        new Scrape.NotAsked());
    assertTrue(Preflight.judge(facts, Optional.empty(), "knative-serving", "keda").stream()
        .allMatch(finding -> finding.grade() == Finding.Grade.OK));
  }

  @Test
  void aKindThatIsNotServed() throws Exception {
    unserved = Set.of(new ObjectKind("keda.sh/v1alpha1", "ScaledObject", false));
    only("error    KEDA", "does not serve keda.sh/v1alpha1 ScaledObject", "kubectl apply --server-side -f https://");
  }

  @Test
  void aPartThatIsDownOrElsewhere() throws Exception {
    parts.put("keda", List.of(new ClusterFacts.Part("keda-operator", false, "2.20.2")));
    only("error    KEDA", "not available: keda-operator", "kubectl -n keda describe deployment keda-operator");
    parts.put("keda", List.of());
    only("no Deployment of it in namespace keda", "kubectl get deployments -A", "as namespaces.keda");
    parts.put("keda", List.of(new ClusterFacts.Part("keda-operator", true, "2.20.2")));
    parts.put("kueue-system", List.of());
    only("error    Kueue", "install Kueue in namespace kueue-system, the only one where Ebb looks for it");
  }

  @Test
  void aReconcilerWithoutTheLease() throws Exception {
    leaseHolder = "";
    only("warning  reconciler", "none holds the lease keda-ebb-dev", "logs deployment/ebb-autoscaler");
  }

  @Test
  void aModelOfAHubNeedsAStorageClass() throws Exception {
    text = text.replace("      claim: ebb-models", "      hub: hf://a/b/c.gguf\n      size: 1Gi #")
        .replace("      path: smollm2-135m-instruct.gguf\n", "");
    only("error    room for", "no default storage class", "kubectl annotate storageclass slow");
    storageClasses = Map.of("slow", true);
    assertEquals(List.of(), bad());
    text = text.replace("size: 1Gi #", "size: 1Gi\n      storageClass: fast #");
    only("there is no storage class fast, of [slow]");
    storageClasses = Map.of("fast", false);
    assertEquals(List.of(), bad());
  }

  @Test
  void imagesThatAreOnlyOnTheNodes() throws Exception {
    text = text.replace("registry.example.com/ebb", "dev.local");
    assertEquals(List.of(), bad());
    settings.put("config-deployment", Map.of("pod-is-always-schedulable", "true",
        "registries-skipping-tag-resolving", "kind.local"));
    only("error    config-deployment", "lacks dev.local",
        "\"registries-skipping-tag-resolving\":\"dev.local,kind.local\"");
    settings.put("config-deployment", Map.of("pod-is-always-schedulable", "true"));
    text = text.replace("\"0.1.0\"", "latest");
    only("error    images", "dev.local/ebb-router:latest", "nothing can be pulled from there");
    text = text.replace("dev.local", "registry.example.com");
    only("warning  images", "versions may mix", "images.tag");
  }

  @Test
  void theReconcilerMayCome() throws Exception {
    parts.put("ebb-system", List.of());
    only("warning", "no Deployment ebb-autoscaler in namespace ebb-system", "ebb deploy brings it");
  }

  @Test
  void aSettingThatIsWrongOrAbsent() throws Exception {
    settings.put("config-network", Map.of("mesh-compatibility-mode", "auto"));
    only("error    config-network", "mesh-compatibility-mode is auto, so a wake soon after a stop hangs",
        "kubectl -n knative-serving patch configmap config-network --type merge"
            + " -p '{\"data\":{\"mesh-compatibility-mode\":\"disabled\"}}'"
            + " && kubectl -n knative-serving rollout restart deployment activator");
    settings.put("config-network", Map.of("mesh-compatibility-mode", "disabled"));
    settings.get("config-features").remove("kubernetes.podspec-persistent-volume-write");
    only("kubernetes.podspec-persistent-volume-write is not set, so the functions are refused");
  }

  @Test
  void whatIsOnlyMissedIsAWarning() throws Exception {
    settings.put("config-observability", Map.of());
    only("warning  config-observability", "metrics-protocol is not set", "rollout restart deployment activator");
  }

  /** What Serving 0.42 lacks. Setting it there would change nothing, so that is not the advice. */
  @Test
  void whatAnOlderServingDoesNotHave() throws Exception {
    settings.put("config-observability", Map.of("_example", "metrics.backend-destination: prometheus"));
    assertEquals(List.of(), bad());
    settings.put("config-observability", Map.of("_example", "metrics.backend-destination: prometheus",
        "metrics.backend-destination", "none"));
    only("warning  config-observability", "metrics.backend-destination is none",
        "\"metrics.backend-destination\":\"prometheus\"");
    settings.put("config-observability", Map.of("metrics-protocol", "prometheus"));
    settings.put("config-deployment", Map.of("_example", "queue-sidecar-image: x",
        "pod-is-always-schedulable", "true"));
    only("warning  config-deployment", "does not have pod-is-always-schedulable", "a newer Knative Serving");
    settings.put("config-deployment", Map.of("_example", "pod-is-always-schedulable: \"false\"",
        "pod-is-always-schedulable", "true"));
    assertEquals(List.of(), bad());
    settings.put("config-features", Map.of("_example", "kubernetes.podspec-persistent-volume-claim: \"disabled\"",
        "kubernetes.podspec-persistent-volume-claim", "enabled"));
    only("error    config-features", "does not have kubernetes.podspec-persistent-volume-write", "refused");
  }

  @Test
  void aTimeoutThatIsTooLong() throws Exception {
    text = text.replaceAll("    decode:\n", "    decode:\n      timeoutSeconds: 900\n");
    only("config-defaults", "less than 900 is allowed", "\"max-revision-timeout-seconds\":\"900\"");
    settings.put("config-defaults", Map.of("max-revision-timeout-seconds", "1000"));
    assertEquals(List.of(), bad());
  }

  @Test
  void rightsThatAreMissing() throws Exception {
    denied = List.of("patch clusterqueues.kueue.x-k8s.io");
    only("error    rights", "you may not patch clusterqueues.kueue.x-k8s.io", "kubectl create clusterrolebinding");
  }

  @Test
  void nodes() throws Exception {
    settings.get("config-features").put("kubernetes.podspec-nodeselector", "enabled");
    inDecode("nodeSelector: {gpu: big}");
    only("error    nodes for smollm2", "no ready node has the labels gpu=big", "kubectl label node NODE gpu=big");
    nodes = List.of(node(Map.of("gpu", "big"), List.of(new ClusterFacts.Taint("only", "gpu", "NoSchedule")), 0));
    only("has a taint that the model does not bear", "n1 only", "kubectl taint node n1 only-");
    settings.get("config-features").put("kubernetes.podspec-tolerations", "enabled");
    inDecode("tolerations: [{key: only}]");
    assertEquals(List.of(), bad());
  }

  @Test
  void runtimeClasses() throws Exception {
    settings.get("config-features").put("kubernetes.podspec-runtimeclassname", "enabled");
    inDecode("runtimeClass: nvidia");
    assertEquals(List.of(), bad(), "they may not be read");
    runtimeClasses = Optional.of(Set.of("gvisor"));
    only("error    RuntimeClass nvidia", "the cluster has none of that name", "kubectl get runtimeclasses");
    runtimeClasses = Optional.of(Set.of("gvisor", "nvidia"));
    assertEquals(List.of(), bad());
  }

  @Test
  void devices() throws Exception {
    text = text.replaceAll("    decode:\n", "    decode:\n      gpus: {count: 1}\n      replicas: {max: 3}\n")
        .replace("memory: 8Gi}", "memory: 8Gi, nvidia.com/gpu: 3}");
    assertTrue(bad().getFirst().contains("no node that fits has 1 nvidia.com/gpu"), bad().toString());
    nodes = List.of(node(Map.of(), List.of(), 2));
    only("warning  nvidia.com/gpu", "2 allocatable, 3 asked for at most");
  }

  @Test
  void aReplicaThatIsLargerThanEveryNode() throws Exception {
    text = text.replaceFirst("cpu: 1, memory: 2Gi", "cpu: 1900m, memory: 2Gi");
    only("error    nodes for smollm2", "no node that fits has 2 cpu, which one replica asks for, queue-proxy included;"
        + " the largest has 1.93", "lower resources.cpu");
    text = text.replace("cpu: 1900m, memory: 2Gi", "cpu: 1, memory: 4Gi");
    only("has 4429185024 memory", "the largest has 4294967296");
    ClusterFacts.Node small = nodes.getFirst();
    nodes = List.of(small, new ClusterFacts.Node("n2", Map.of(), List.of(),
        Map.of("cpu", new BigDecimal("0.5"), "memory", BigDecimal.valueOf(8L << 30))));
    only("no single node has all that one replica asks for");
  }

  @Test
  void aClaimAndAName() throws Exception {
    claims = Map.of();
    only("error    claim ebb-models", "no such PersistentVolumeClaim in namespace ebb", "kubectl -n ebb apply -f -");
    claims = CLAIMS;
    sameName = List.of("other");
    only("an installation ebb is in namespace other already", "ebb undeploy --name ebb -n other");
    sameName = List.of();
    neighbours = Set.of("lab");
    only("error    namespace", "the installation lab is in namespace ebb", "ebb undeploy --name lab -n ebb");
  }

  @Test
  void namespacesOfOthers() throws Exception {
    namespaces = Set.of("monitoring", "keda");
    only("error    namespace kourier-system", "write the right one as namespaces.ingress");
    namespaces = Set.of("kourier-system", "keda");
    only("error    namespace monitoring", "Prometheus cannot scrape", "namespaces.prometheus");
  }

  @Test
  void aPrometheusThatDoesNotScrape() throws Exception {
    Set<String> both = Set.of("m/prefill", "m/decode");
    scrape = new Scrape.Answered(both, both);
    assertEquals(List.of(), bad());
    scrape = new Scrape.Answered(both, Set.of("m/prefill", "other/decode"));
    only("warning  Prometheus", "has no ebb_demand of m/decode, so what is awake never sleeps", "prometheus.labels");
    scrape = new Scrape.NoService(new ServiceAddress("http", "p", "monitoring", 9090, ""));
    only("error    Prometheus", "there is no Service p in namespace monitoring", "as prometheus.url");
    scrape = new Scrape.Outside("x");
    only("warning  Prometheus", "is no Service of the cluster, so it is not known",
        "curl -G http://prometheus-operated.monitoring.svc:9090/api/v1/query --data-urlencode 'query=x'");
    scrape = new Scrape.Silent(new ServiceAddress("http", "p", "monitoring", 9090, "/base"), "no endpoints", "x");
    only("warning  Prometheus", "(no endpoints), so it is not known", "port-forward service/p 9999:9090",
        "http://127.0.0.1:9999/base/api/v1/query");
  }

  @Test
  void secrets() throws Exception {
    text = text.replace("images:\n", "images:\n  pullSecret: registry\n");
    only("error    secret registry", "kubectl -n ebb create secret docker-registry registry");
    secrets = Map.of("registry", Optional.empty());
    only("warning  secrets", "you may not get registry, so it is not known whether it is there");
    secrets = Map.of("registry", Optional.of(Set.of(".dockerconfigjson")));
    text += "tenants: [{name: a, key: {secret: keys, entry: a}}]\n";
    only("secret keys", "there is no such Secret", "create secret generic keys --from-file=a=FILE");
    secrets = Map.of("registry", Optional.of(Set.of()), "keys", Optional.of(Set.of("b")));
    only("secret keys", "has no entry a", "patch secret keys");
  }

  @Test
  void secretsForPrometheus() throws Exception {
    prometheus("url: https://prometheus-operated.monitoring.svc:9090\n  auth: {basic: {username: {secret: login,"
        + " entry: user}, password: {secret: login, entry: pass}}}\n  ca: {secret: trust, entry: ca.crt}");
    secrets = Map.of("trust", Optional.of(Set.of("ca.crt", "tls.crt")));
    only("error    secret login", "there is no such Secret in namespace ebb",
        "create secret generic login --from-file=pass=FILE --from-file=user=FILE");
    secrets = Map.of("trust", Optional.of(Set.of("ca.crt")), "login", Optional.of(Set.of("user")));
    only("error    secret login", "has no entry pass in namespace ebb",
        "patch secret login --patch-file FILE, with stringData: and in it pass: ...");
    secrets = Map.of("trust", Optional.empty(), "login", Optional.empty());
    only("warning  secrets", "you may not get login (pass, user), trust (ca.crt), so it is not known whether they are",
        "describe secret login trust, by somebody who may");
    secrets = Map.of("trust", Optional.of(Set.of("ca.crt")), "login", Optional.of(Set.of("user", "pass")));
    assertEquals(List.of(), bad());
  }

  @Test
  void aPrometheusThatAsksForCredentials() throws Exception {
    scrape = new Scrape.Locked(401);
    only("warning  Prometheus", "answers nobody without credentials (401), and the file has none", "never sleeps",
        "a Secret in namespace ebb", "as prometheus.auth");
    prometheus("url: http://prometheus-operated.monitoring.svc:9090\n  auth: {bearer: {secret: login, entry: token}}");
    secrets = Map.of("login", Optional.of(Set.of("token")));
    scrape = new Scrape.Locked(403);
    only("warning  Prometheus", "without credentials (403)",
        "those of prometheus.auth cannot go through the API server", "not known whether they are right",
        "kubectl -n ebb get scaledobjects must show READY True");
  }

  private void prometheus(String more) {
    String url = "  url: http://prometheus-operated.monitoring.svc:9090\n";
    assertTrue(text.contains(url), text);
    text = text.replace(url, "  " + more + "\n");
  }
}
