package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Command;
import dev.ebb.it.harness.Workspace;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The cluster that {@code make cluster-up} made: its client, its tools, and its parts, each to be stopped. */
public final class Cluster {
  private static final long LIMIT_SECONDS = 600;
  private static final Path KUBECONFIG = Path.of(required("KUBECONFIG"));
  private static final KubernetesClient CLIENT = client();

  private Cluster() {}

  /** A client with all rights, shared by all tests. */
  public static KubernetesClient kube() {
    return CLIENT;
  }

  /** Runs {@code kubectl} and returns what it said; fails when it fails. */
  public static String kubectl(String... arguments) {
    return tool("kubectl", arguments).expectSuccess().output();
  }

  /** Applies a file, or each of a folder, as a GitOps tool would that owns all of it. */
  public static void apply(Path files) {
    kubectl("apply", "--server-side", "--force-conflicts", "-f", files.toString());
  }

  /** Applies objects, one document each. */
  public static void apply(String yaml) {
    try {
      Path file = Files.writeString(Files.createTempFile(Workspace.target("cluster"), "object", ".yaml"), yaml);
      apply(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The node's address, on which pods reach processes of this machine. */
  public static String nodeAddress() {
    return CLIENT.nodes().list().getItems().getFirst().getStatus().getAddresses().stream()
        .filter(address -> address.getType().equals("InternalIP")).findFirst().orElseThrow().getAddress();
  }

  /** Runs the command of the distribution, whatever comes of it. */
  public static Command ebb(String... arguments) {
    return tool(required("EBB_DIST") + "/bin/ebb", arguments);
  }

  /** Runs {@code kn}, with the plugin {@code kn-ebb} of the distribution on its path. */
  public static Command kn(String... arguments) {
    return tool("kn", arguments);
  }

  /** Runs a script of bash as somebody would type it, with all of these on its path. */
  public static Command shell(String script) {
    return tool("bash", "-euc", script);
  }

  /** Starts, stops or kills a part of the node or the control plane: {@code part("kill", "kubelet")}. */
  public static void part(String verb, String name) {
    tool(script(), verb, name).expectSuccess();
  }

  /** Address of a service, as processes on the node reach it. */
  public static String address(String namespace, String service) {
    return "http://" + CLIENT.services().inNamespace(namespace).withName(service).require().getSpec().getClusterIP();
  }

  /** Gets a path of a Knative service through the ingress, which routes by host; Java's own client cannot name one. */
  public static Api.Reply throughGateway(String gateway, String host, String path) {
    Command curl = Command.run(120, List.of("curl", "-s", "-m", "110", "-w", "\n%{http_code}", "-H", "Host: " + host,
        gateway + path)).expectSuccess();
    int line = curl.output().lastIndexOf('\n');
    return new Api.Reply(Integer.parseInt(curl.output().substring(line + 1).strip()), Map.of(),
        curl.output().substring(0, line));
  }

  /** Names of the living pods of a Deployment. */
  public static List<String> podsOf(String namespace, String deployment) {
    Map<String, String> labels = CLIENT.apps().deployments().inNamespace(namespace).withName(deployment).require()
        .getSpec().getSelector().getMatchLabels();
    return CLIENT.pods().inNamespace(namespace).withLabels(labels).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName()).toList();
  }

  /** Sets a key of one of Serving's ConfigMaps. */
  public static void setting(String map, String key, String value) {
    kubectl("patch", "configmap", "-n", "knative-serving", map, "--type=merge", "-p",
        "{\"data\":{\"" + key + "\":\"" + value + "\"}}");
  }

  /** Whether this Serving has a setting: each release ships the keys that it knows as an example. */
  public static boolean servingKnows(String map, String key) {
    return CLIENT.configMaps().inNamespace("knative-serving").withName(map).require().getData()
        .getOrDefault("_example", "").contains(key + ":");
  }

  /** Sets how many GPUs of the made-up kind the node has. */
  public static void gpus(int count) {
    String node = CLIENT.nodes().list().getItems().getFirst().getMetadata().getName();
    kubectl("patch", "node", node, "--subresource=status", "--type=merge", "-p",
        "{\"status\":{\"capacity\":{\"nvidia.com/gpu\":\"" + count + "\"}}}");
  }

  /** Waits until objects of a folder would be admitted: who admits them ends with the API server, and comes later. */
  public static void awaitAdmission(Path files) {
    Await.until("the webhooks answer", Duration.ofSeconds(240), () -> tool("kubectl", "apply", "--server-side",
        "--force-conflicts", "--dry-run=server", "-f", files.toString()).exitCode() == 0);
  }

  /** Waits until the API server answers. */
  public static void awaitAnswer() {
    Await.until("the API server answers", Duration.ofSeconds(120),
        () -> tool("kubectl", "get", "--raw", "/readyz").exitCode() == 0);
  }

  /** Lets Prometheus follow the PodMonitors that were made or taken away. */
  public static void followMonitors() {
    tool(script(), "monitors", "0.1").expectSuccess();
  }

  private static Command tool(String program, String... arguments) {
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("KUBECONFIG", KUBECONFIG.toString());
    String path = String.join(File.pathSeparator, KUBECONFIG.resolveSibling("bin").toString(),
        required("EBB_DIST") + "/bin", System.getenv("PATH"));
    builder.environment().put("PATH", path);
    words.set(0, onPath(program, path));
    return Command.run(LIMIT_SECONDS, builder);
  }

  /** Java looks a program up in its own path, not in the child's. */
  private static String onPath(String program, String path) {
    return Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable).map(Path::toString).findFirst().orElse(program);
  }

  private static String script() {
    return required("EBB_CLUSTER");
  }

  private static KubernetesClient client() {
    try {
      Config config = Config.fromKubeconfig(null, Files.readString(KUBECONFIG), KUBECONFIG.toString());
      // Its client's key is of that kind, and the client takes every key for RSA unless told.
      config.setClientKeyAlgo("EC");
      return new KubernetesClientBuilder().withConfig(config).build();
    } catch (IOException e) {
      throw new IllegalStateException("no cluster: run make cluster-up", e);
    }
  }

  private static String required(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      throw new IllegalStateException(variable + " is not set: run make test-cluster");
    }
    return value;
  }
}
