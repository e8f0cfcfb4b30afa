package dev.ebb.it.cluster.harness;

import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import dev.ebb.it.harness.Workspace;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An installation beside the shared one, made from the same file with a change, in a namespace of its own that goes
 * with it. Both share the node, so the shared one should be at zero.
 */
public final class Variant implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(180);

  private final String name;
  private final Path file;
  private final Path folder;

  private Variant(String name, UnaryOperator<String> change) {
    this.name = name;
    folder = Workspace.target("cluster").resolve(name);
    file = Installation.write(name + ".yaml", text -> change.apply(text
        .replace("\nname: ebb\nnamespace: ebb\n", "\nname: " + name + "\nnamespace: " + name + "\n")));
    // What an earlier run left.
    close();
    Cluster.ebb("render", "-f", file.toString(), "-o", folder.toString()).expectSuccess();
  }

  /** Renders it; applied is nothing yet. The name is also the namespace's. */
  public static Variant of(String name, UnaryOperator<String> change) {
    Installation.shared();
    Installation.awaitZero();
    return new Variant(name, change);
  }

  /** Leaves prefill out of the file. */
  public static String decodeOnly(String text) {
    return text.replaceAll("(?s)    prefill:\n.*?(?=    decode:\n)", "");
  }

  /** Makes several models of the file's one, each with this id; lines after the id are settings of that model. */
  public static String models(String text, String... ids) {
    String model = text.substring(text.indexOf("  - id:"), text.indexOf("\nquotas:"));
    return text.replace(model, Stream.of(ids).map(id -> model.replace("id: " + Installation.MODEL, "id: " + id))
        .collect(Collectors.joining()));
  }

  /** Changes what was rendered: every object whose file's name contains the part. */
  public Variant edit(String part, UnaryOperator<String> change) {
    List<Path> found = files().stream().filter(one -> one.getFileName().toString().contains(part)).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException("no object " + part + " among " + files());
    }
    for (Path one : found) {
      try {
        String text = Files.readString(one);
        String changed = change.apply(text);
        if (changed.equals(text)) {
          throw new IllegalArgumentException("nothing changes in " + one + ":\n" + text);
        }
        Files.writeString(one, changed);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return this;
  }

  /** Leaves out what was rendered: every object whose file's name contains the part. */
  public Variant without(String part) {
    files().stream().filter(one -> one.getFileName().toString().contains(part)).map(Path::toFile)
        .forEach(file -> {
          if (!file.delete()) {
            throw new IllegalStateException("cannot delete " + file);
          }
        });
    return this;
  }

  /** Applies all, and waits for the routers; what was applied goes again where that fails. */
  public Variant apply() {
    try {
      Cluster.apply(folder);
      Cluster.kubectl("rollout", "status", "-n", name, "deployment", "-l", "app.kubernetes.io/component=router",
          "--timeout=180s");
      Cluster.followMonitors();
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Waits until all its Knative services are ready. */
  public Variant awaitReady() {
    Cluster.kubectl("wait", "-n", name, "--for=condition=Ready", "ksvc", "--all", "--timeout=300s");
    return this;
  }

  /** Waits until none of its functions has a pod. */
  public Variant awaitZero() {
    Await.until("no pod of a function in " + name, LONG, () -> Cluster.kube().pods().inNamespace(name)
        .withLabel("ebb.dev/phase").list().getItems().isEmpty());
    return this;
  }

  /** Names of its functions' pods that are not told to end. */
  public List<String> pods() {
    return living().stream().map(pod -> pod.getMetadata().getName()).toList();
  }

  /** Names of those that are ready. */
  public List<String> ready() {
    return living().stream().filter(pod -> pod.getStatus().getConditions().stream()
            .anyMatch(one -> one.getType().equals("Ready") && one.getStatus().equals("True")))
        .map(pod -> pod.getMetadata().getName()).toList();
  }

  /** The processes in those pods. */
  public List<PodProcess> functions() {
    return living().stream()
        .map(pod -> new PodProcess(pod, pod.getMetadata().getLabels().get("ebb.dev/phase"))).toList();
  }

  private List<Pod> living() {
    return Cluster.kube().pods().inNamespace(name).withLabel("ebb.dev/phase").list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
  }

  public String namespace() {
    return name;
  }

  /** The file that it was rendered from. */
  public Path file() {
    return file;
  }

  /** What was rendered, a file an object. */
  public List<Path> files() {
    try (Stream<Path> all = Files.list(folder)) {
      // Beside them lies a hidden file by which render knows its folder.
      return all.filter(one -> !one.getFileName().toString().startsWith(".")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A model's router, by its service's address. */
  public Api router(String model) {
    return new Api(Cluster.address(name, model + "-router"));
  }

  /** Takes all of it away. */
  @Override
  public void close() {
    Cluster.ebb("undeploy", "-f", file.toString()).expectSuccess();
  }
}
