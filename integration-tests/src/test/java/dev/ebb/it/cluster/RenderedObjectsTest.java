package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.harness.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is rendered passes the API server's dry run, with the real definitions and the webhooks of every controller. */
@Tag("cluster")
@Tag("short")
final class RenderedObjectsTest {
  /** What the file with every key names: Serving tries a pod, which the API server refuses without its class. */
  private static final String RUNTIME_CLASS = """
      {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: nvidia}, handler: nvidia}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"src/test/resources/dev/ebb/knative/full.yaml", "examples/ebb.yaml"})
  void theApiServerTakesEveryObject(String file) throws IOException {
    Path source = Path.of(System.getenv("EBB_DIST")).resolveSibling("knative").resolve(file);
    Path folder = Workspace.target("cluster").resolve("dry-run");
    Path copy = Files.writeString(Workspace.target("cluster").resolve("dry-run.yaml"), Files.readString(source)
        .replaceFirst("(?m)^name: .*", "name: dry").replaceFirst("(?m)^namespace: .*", "namespace: dry-run"));
    Cluster.ebb("render", "-f", copy.toString(), "-o", folder.toString()).expectSuccess();
    try {
      prepare(folder);
      String said = Cluster.kubectl("apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f",
          folder.toString());
      long taken = said.lines().filter(line -> line.contains("(server dry run)")).count();
      assertEquals(rendered(folder).size(), taken, said);
      System.out.println(file + ": " + taken + " objects pass the dry run");
    } finally {
      Cluster.kubectl("delete", "--ignore-not-found", "namespace/dry-run", "runtimeclass/nvidia");
    }
  }

  /** A dry run makes neither the namespace that objects are tried in nor what the pods need that Serving tries. */
  private static void prepare(Path folder) throws IOException {
    Cluster.kubectl("create", "namespace", "dry-run");
    Cluster.apply(RUNTIME_CLASS);
    for (Path account : rendered(folder).stream().filter(one -> one.toString().contains("service-account")).toList()) {
      Cluster.kubectl("apply", "--server-side", "-f", account.toString());
    }
  }

  private static List<Path> rendered(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).toList();
    }
  }
}
