package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Command;
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

/** Ebb as {@code ebb deploy} puts it on the cluster, from the file {@code cluster/ebb.yaml} of the tests' resources. */
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
      shared = new Installation(write(text -> text));
      shared.deploy();
    }
    return shared;
  }

  /** The installation's file with a change. */
  public static Path write(UnaryOperator<String> change) {
    try (InputStream stream = Installation.class.getResourceAsStream("/cluster/ebb.yaml")) {
      Path run = Path.of(System.getenv("KUBECONFIG")).getParent();
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .replace("@MODELS@", run.resolve("models").toString()).replace("@ARENA@", run.resolve("arena").toString());
      return Files.writeString(Workspace.target("cluster").resolve("ebb.yaml"), change.apply(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deploys it, and returns what the command said. */
  public String deploy() {
    Command done = Cluster.ebb("deploy", "-f", file.toString()).expectSuccess();
    Cluster.followMonitors();
    return done.output();
  }

  /** The model's router, by its service's address. */
  public Api router() {
    return new Api("http://" + Cluster.kube().services().inNamespace(NAMESPACE).withName(MODEL + "-router").require()
        .getSpec().getClusterIP());
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

  /** Pods of the phase that still exist, those on their way out included. */
  public static int existing(String phase) {
    return Cluster.kube().pods().inNamespace(NAMESPACE).withLabels(labels(phase)).list().getItems().size();
  }

  /** Waits until neither phase has a pod, and every one that went is gone. */
  public static void awaitZero() {
    Await.until("no pod of a function", LONG, () -> existing(PREFILL) + existing(DECODE) == 0);
  }
}
