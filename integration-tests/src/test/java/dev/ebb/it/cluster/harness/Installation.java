package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Workspace;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ebb on the cluster, from the file {@code cluster/ebb.yaml} of the tests' resources: what {@code ebb render} makes of
 * it, by {@code kubectl apply}. {@code ebb deploy} is what DeployTest is about.
 */
public final class Installation {
  public static final String NAMESPACE = "ebb";
  public static final String MODEL = "smollm2-135m-instruct";
  public static final String PREFILL = "prefill";
  public static final String DECODE = "decode";
  private static final Duration LONG = Duration.ofSeconds(180);
  private static Installation shared;

  private final Path file;

  private Installation(Path file) {
    this.file = file;
  }

  /** The installation that most tests share, deployed by the first of them. */
  public static synchronized Installation shared() {
    if (shared == null) {
      shared = new Installation(write("ebb.yaml", text -> text));
      shared.deploy();
    }
    return shared;
  }

  /** The installation's file with a change, under another name. */
  public static Path write(String name, UnaryOperator<String> change) {
    return filledIn("ebb.yaml", name, text -> change.apply(mountsFolders() ? text
        : text.replaceAll("hostPath: \"[^\"]*/models\"", "claim: models")));
  }

  /** Serving 0.42 does not let a service mount a folder of the node, only claims. */
  private static boolean mountsFolders() {
    return Cluster.servingKnows("config-features", "kubernetes.podspec-volumes-hostpath");
  }

  private static Path filledIn(String resource, String name, UnaryOperator<String> change) {
    try (InputStream stream = Installation.class.getResourceAsStream("/cluster/" + resource)) {
      Path run = Path.of(System.getenv("KUBECONFIG")).getParent();
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .replace("@MODELS@", run.resolve("models").toString()).replace("@ARENA@", run.resolve("arena").toString());
      return Files.writeString(Workspace.target("cluster").resolve(name), change.apply(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Applies what {@code ebb render} makes of the file, and the reconciler, as a GitOps tool would. */
  public void deploy() {
    Path folder = rendered();
    Cluster.ebb("render", "-f", file.toString(), "-o", folder.toString()).expectSuccess();
    Cluster.apply(folder);
    if (!mountsFolders()) {
      Path claim = filledIn("models-claim.yaml", "models-claim.yaml", text -> text);
      Cluster.kubectl("apply", "--server-side", "-f", claim.toString());
    }
    Cluster.apply(reconciler());
    Cluster.kubectl("rollout", "status", "-n", "ebb-system", "deployment/ebb-autoscaler", "--timeout=180s");
    Cluster.kubectl("rollout", "status", "-n", NAMESPACE, "deployment/" + MODEL + "-router", "--timeout=180s");
    Cluster.kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "ksvc", "--all", "--timeout=300s");
    Cluster.followMonitors();
  }

  private static Path rendered() {
    return Workspace.target("cluster").resolve("rendered");
  }

  /** Waits until it could be applied again, which asks all whom an outage of the API server may have ended. */
  public static void awaitAdmission() {
    Cluster.awaitAdmission(rendered());
  }

  private static Path reconciler() {
    try {
      String text = Files.readString(Path.of(System.getenv("EBB_DIST")).resolveSibling("keda/deploy/autoscaler.yaml"));
      return Files.writeString(Workspace.target("cluster").resolve("autoscaler.yaml"),
          text.replace("REGISTRY/ebb-autoscaler:TAG", "dev.local/ebb-autoscaler:0.1.0-SNAPSHOT"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model's router, by its service's address. */
  public Api router() {
    return new Api(Cluster.address(NAMESPACE, MODEL + "-router"));
  }

  /** Labels that only the phase's pods have. */
  public static Map<String, String> labels(String phase) {
    return Map.of("ebb.dev/model", MODEL, "ebb.dev/phase", phase);
  }

  /** The phase's pods that are not on their way out. */
  public static List<Pod> pods(String phase) {
    return Cluster.kube().pods().inNamespace(NAMESPACE).withLabels(labels(phase)).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
  }

  /** Seconds from the function's exec to its readiness, as its own log says. */
  public static double ownStart(String phase) {
    String name = pods(phase).getFirst().getMetadata().getName();
    String log = Cluster.kubectl("logs", "-n", NAMESPACE, name, "-c", phase);
    Matcher found = Pattern.compile("ready: .*, ready ([0-9.]+) s").matcher(log);
    if (!found.find()) {
      throw new AssertionError("no line of its start in\n" + log);
    }
    return Double.parseDouble(found.group(1));
  }

  /** Pods of the phase that still exist, those on their way out included. */
  public static int existing(String phase) {
    return Cluster.kube().pods().inNamespace(NAMESPACE).withLabels(labels(phase)).list().getItems().size();
  }

  /** Waits until neither phase has a pod, and every one that went is gone. */
  public static void awaitZero() {
    Await.until("no pod of a function", LONG, () -> existing(PREFILL) + existing(DECODE) == 0);
  }
}
