package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

class RenderingTest {
  /** Decode alone, with an arena of its own. */
  private static final String SMALL = """
      name: ebb
      namespace: ebb
      images: {registry: localhost/ebb, tag: dev}
      models:
        - id: tiny
          source: {claim: models, path: tiny.gguf}
          decode: {resources: {cpu: 500m, memory: 1Gi}}
      store: {arena: {tmpfs: 256Mi}}
      prometheus: {url: "http://prometheus:9090"}
      """;

  private static List<Map<String, Object>> objects(EbbYaml yaml) {
    List<Map<String, Object>> objects = new ArrayList<>();
    Rendering.of(yaml).forEach(manifest -> objects.add(new Yaml().load(manifest.text())));
    return objects;
  }

  private static Object at(Object value, String path) {
    Object found = value;
    for (String key : path.split("/")) {
      found = found instanceof List<?> items ? items.get(Integer.parseInt(key)) : ((Map<?, ?>) found).get(key);
    }
    return found;
  }

  private static Map<String, Object> object(EbbYaml yaml, Kind kind, String name) {
    Manifest found = Rendering.of(yaml).stream()
        .filter(one -> one.kind() == kind && one.name().equals(name)).findFirst().orElseThrow();
    return new Yaml().load(found.text());
  }

  /** The containers of all pods, however deep they lie. */
  private static List<Map<?, ?>> containers(Object value) {
    List<Map<?, ?>> containers = new ArrayList<>();
    if (value instanceof Map<?, ?> fields) {
      fields.forEach((key, field) -> {
        if (key.equals("containers")) {
          ((List<?>) field).forEach(container -> containers.add((Map<?, ?>) container));
        }
        containers.addAll(containers(field));
      });
    } else if (value instanceof List<?> items) {
      items.forEach(item -> containers.addAll(containers(item)));
    }
    return containers;
  }

  private static Map<String, String> environment(Map<String, Object> object, String path) {
    Map<String, String> environment = new java.util.TreeMap<>();
    for (Object variable : (List<?>) at(object, path + "/containers/0/env")) {
      environment.put((String) at(variable, "name"), (String) at(variable, "value"));
    }
    return environment;
  }

  @Test
  void namesAreUniqueAndFilesSortInTheOrderOfApplying() {
    List<String> names = Rendering.of(YamlFiles.full()).stream().map(Manifest::fileName).toList();
    assertEquals(names.size(), new HashSet<>(names).size());
    assertEquals(new TreeSet<>(names).stream().toList(), names);
    assertEquals("00-namespace-llm.yaml", names.getFirst());
  }

  @Test
  void everyContainerIsBoundedAndUnprivileged() {
    List<Map<?, ?>> containers = containers(objects(YamlFiles.full()));
    assertEquals(10, containers.size());
    for (Map<?, ?> container : containers) {
      assertEquals(at(container, "resources/requests"), at(container, "resources/limits"), "" + container);
      assertTrue(at(container, "resources/requests/cpu") != null && at(container, "resources/requests/memory") != null);
      assertEquals(true, at(container, "securityContext/runAsNonRoot"));
      assertEquals(true, at(container, "securityContext/readOnlyRootFilesystem"));
      assertEquals(false, at(container, "securityContext/allowPrivilegeEscalation"));
      assertEquals(List.of("ALL"), at(container, "securityContext/capabilities/drop"));
    }
  }

  @Test
  void settingsAreThoseThatTheProcessesRead() throws Exception {
    EbbYaml yaml = YamlFiles.full();
    String router = Files.readString(Path.of(
        "../router-fn/app/src/main/java/dev/ebb/router/app/config/RouterSettings.java")) + Files.readString(
        Path.of("../router-fn/app/src/main/java/dev/ebb/router/app/config/ClusterSettings.java"))
        // These two are Quarkus' own.
        + "(EBB_HOST)(EBB_PORT)";
    for (String name : List.of("plain-router", "qwen3-0-6b-router")) {
      environment(object(yaml, Kind.DEPLOYMENT, name), "spec/template/spec").keySet()
          .forEach(key -> assertTrue(router.contains("(" + key + ")"), key));
    }
    String function = Files.readString(Path.of(
        "../functions/runtime/src/main/java/dev/ebb/runtime/config/ConfigCheck.java"))
        + Files.readString(Path.of("../README.md"));
    environment(object(yaml, Kind.KNATIVE_SERVICE, "qwen3-0-6b-decode"), "spec/template/spec").keySet().stream()
        .filter(name -> !name.equals("QUARKUS_HTTP_HOST"))
        .forEach(name -> assertTrue(function.contains(name), name));
  }

  @Test
  void decodeAloneComputesEveryPrompt() {
    EbbYaml yaml = YamlFiles.parsed(SMALL);
    Map<String, String> router =
        environment(object(yaml, Kind.DEPLOYMENT, "tiny-router"), "spec/template/spec");
    assertEquals("http://tiny-decode.ebb.svc.cluster.local", router.get("EBB_DECODE_URL"));
    assertEquals(router.get("EBB_DECODE_URL"), router.get("EBB_PREFILL_URL"));
    assertEquals("2147483647", router.get("EBB_PREFILL_THRESHOLD_TOKENS"));
    assertFalse(Rendering.stream(Rendering.of(yaml)).contains("tiny-prefill"));
  }

  @Test
  void withoutQuotasRoutersReadPodsAndNothingOfKueueIsThere() {
    EbbYaml yaml = YamlFiles.parsed(SMALL);
    String text = Rendering.stream(Rendering.of(yaml));
    for (String word : List.of("kueue", "ClusterRole", "EBB_QUEUE", "hostPath", "JobSink", "Broker", "kind: Ingress")) {
      assertFalse(text.contains(word), word);
    }
    assertEquals(List.of(Map.of("apiGroups", List.of(""), "resources", List.of("pods"), "verbs",
        List.of("get", "list", "watch"))), at(object(yaml, Kind.ROLE, Roles.NAME), "rules"));
    assertEquals(true, at(object(yaml, Kind.SERVICE_ACCOUNT, "ebb-router"), "automountServiceAccountToken"));
    assertEquals(false, at(object(yaml, Kind.SERVICE_ACCOUNT, "ebb-function"), "automountServiceAccountToken"));
    assertTrue(text.contains("enforce: restricted"));
    assertTrue(text.contains("medium: Memory"));
  }

  @Test
  void aRouterKnowsItsQueueAndWhoStandsInForItsModel() {
    EbbYaml yaml = YamlFiles.full();
    Map<String, String> router =
        environment(object(yaml, Kind.DEPLOYMENT, "qwen3-0-6b-router"), "spec/template/spec");
    assertEquals("cluster", router.get("EBB_PLATFORM"));
    assertEquals("gpus", router.get("EBB_QUEUE"));
    assertEquals("lab-gpus", router.get("EBB_CLUSTER_QUEUE"));
    object(yaml, Kind.CLUSTER_QUEUE, router.get("EBB_CLUSTER_QUEUE"));
    assertEquals("1", router.get("EBB_DECODE_GPUS"));
    assertEquals("tiny_model", router.get("EBB_DEGRADE_MODEL"));
    assertEquals("http://tiny-model-router.llm.svc.cluster.local", router.get("EBB_DEGRADE_URL"));
    object(yaml, Kind.SERVICE, "tiny-model-router");
    assertFalse(environment(object(yaml, Kind.DEPLOYMENT, "plain-router"), "spec/template/spec")
        .containsKey("EBB_QUEUE"));
  }

  /** The sink in the file, its address, and the rule beside the router's by which jobs reach it. */
  static Stream<Arguments> sinks() {
    String broker = "http://broker-ingress.knative-eventing.svc.cluster.local/";
    return Stream.of(Arguments.of("", broker + "ebb/events", "knative-eventing", "8080"),
        Arguments.of(ref("eventing.knative.dev/v1", "Broker", "c"), broker + "c/b", "knative-eventing", "8080"),
        Arguments.of(ref("v1", "Service", "ebb"), "http://b.ebb.svc.cluster.local", "ebb", ""),
        Arguments.of(ref("v1", "Service", "c"), "http://b.c.svc.cluster.local", "c", ""),
        Arguments.of(ref("serving.knative.dev/v1", "Service", "c"), "http://b.c.svc.cluster.local", "kourier-system",
            "80"),
        Arguments.of(", sink: {url: 'http://b.c.svc/in'}", "http://b.c.svc/in", "c", ""),
        Arguments.of(", sink: {url: 'https://example.com/in'}", "https://example.com/in", "", "443"),
        Arguments.of(", sink: {url: 'http://10.0.0.1:8081'}", "http://10.0.0.1:8081", "", "8081"));
  }

  private static String ref(String version, String kind, String namespace) {
    String own = namespace.equals("ebb") ? "" : ", namespace: " + namespace;
    return ", sink: {ref: {apiVersion: " + version + ", kind: " + kind + ", name: b" + own + "}}";
  }

  @ParameterizedTest
  @MethodSource("sinks")
  void jobsReplyToTheirSinkAndMayReachIt(String sink, String url, String namespace, String port) {
    EbbYaml yaml = YamlFiles.parsed(SMALL
        + "broker: {name: events, jobs: {resources: {cpu: 1, memory: 1Gi}" + sink + "}}\n");
    Map<String, Object> job = object(yaml, Kind.JOB_SINK, "ebb-batch");
    assertEquals(url, environment(job, "spec/job/spec/template/spec").get("EBB_BATCH_SINK"));
    assertEquals(86400, at(job, "spec/job/spec/ttlSecondsAfterFinished"));
    Map<?, ?> rule = (Map<?, ?>) at(object(yaml, Kind.NETWORK_POLICY, "ebb-batch"), "spec/egress/1");
    assertEquals(!namespace.isEmpty(), rule.containsKey("to"), rule::toString);
    assertTrue(rule.toString().contains(namespace), rule::toString);
    assertEquals(port, rule.containsKey("ports") ? at(rule, "ports/0/port").toString() : "");
  }

  @Test
  void aKafkaBrokerHasAnAddressOfItsOwn() {
    EbbYaml yaml = YamlFiles.parsed(SMALL
        + "broker: {name: events, class: Kafka, jobs: {resources: {cpu: 1, memory: 1Gi}}}\n");
    assertEquals("http://kafka-broker-ingress.knative-eventing.svc.cluster.local/ebb/events",
        environment(object(yaml, Kind.JOB_SINK, "ebb-batch"), "spec/job/spec/template/spec").get("EBB_BATCH_SINK"));
  }

  @Test
  void knativeNeverGetsWhatItRefuses() {
    Map<String, Object> service = object(YamlFiles.full(), Kind.KNATIVE_SERVICE, "qwen3-0-6b-decode");
    Map<?, ?> pod = (Map<?, ?>) at(service, "spec/template/spec");
    Set<String> known = Set.of("serviceAccountName", "containerConcurrency", "timeoutSeconds",
        "responseStartTimeoutSeconds", "nodeSelector", "tolerations", "runtimeClassName", "containers", "volumes");
    assertEquals(Set.of(), new HashSet<>(pod.keySet()).stream().filter(key -> !known.contains(key))
        .collect(java.util.stream.Collectors.toSet()));
    assertFalse(environment(service, "spec/template/spec").containsKey("PORT"));
    assertEquals("4", at(service, "spec/template/metadata/annotations").toString()
        .replaceFirst(".*max-scale=([0-9]+).*", "$1").substring(0, 1));
  }

  @Test
  void nothingIsWrittenAsAnAnchor() {
    String text = Rendering.stream(Rendering.of(YamlFiles.full()));
    assertFalse(text.contains("&id") || text.contains("*id"));
  }

  @Test
  void notesNameWhatTheClusterMustHave() {
    String notes = String.join("\n", Rendering.notes(YamlFiles.full()));
    for (String word : List.of("mesh-compatibility-mode: disabled", "pod-is-always-schedulable",
        "kubernetes.podspec-nodeselector, kubernetes.podspec-persistent-volume-claim, "
            + "kubernetes.podspec-persistent-volume-write, kubernetes.podspec-runtimeclassname, "
            + "kubernetes.podspec-tolerations",
        "backend cuda", "tenants' keys", "one replica of a router")) {
      assertTrue(notes.contains(word), word + " in\n" + notes);
    }
    EbbYaml patient = YamlFiles.parsed(SMALL.replace("decode: {", "decode: {timeoutSeconds: 900, "));
    assertTrue(Rendering.notes(patient)
        .contains("needs config-defaults max-revision-timeout-seconds: \"900\", or more"));
    EbbYaml plain = YamlFiles.parsed(SMALL.replace("decode: {", "decode: {mode: deployment, "));
    assertEquals(List.of(), Rendering.notes(plain));
  }
}
