package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Variant;
import dev.ebb.it.harness.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ebb doctor}, {@code deploy}, {@code status} and {@code undeploy}, as somebody new to a cluster calls them. */
@Tag("cluster")
final class DeployTest {
  private static final String NAME = "newcomer";
  private static final String DECODE = Installation.MODEL + "-decode";
  private static final String RECONCILER = "ebb-system";
  /** The usual runtime by another name. */
  private static final String RUNTIME_CLASS = """
      {apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: plain}, handler: runc}
      """;

  /** On a cluster that Ebb was never on, so that the reconciler is missing as well. */
  @Test
  void deployStatusUndeploy() {
    Cluster.apply(RUNTIME_CLASS);
    try (Variant variant = Variant.of(NAME, text -> Variant.decodeOnly(text)
        .replace("priority: online", "priority: online\n    runtimeClass: plain"))) {
      Command refused = Cluster.ebb("undeploy", "--autoscaler");
      assertEquals(1, refused.exitCode(), refused.output());
      assertTrue(refused.output().contains(DECODE + " in namespace " + Installation.NAMESPACE), refused.output());
      Cluster.kubectl("delete", "ksvc", "-n", Installation.NAMESPACE, "--all");
      tell(Cluster.ebb("undeploy", "--autoscaler"));
      assertNull(Cluster.kube().namespaces().withName(RECONCILER).get());
      String file = variant.file().toString();
      tell(Cluster.ebb("doctor", "--cluster", "-f", file));
      String deployed = tell(Cluster.ebb("deploy", "-f", file));
      assertTrue(deployed.contains("created     Deployment ebb-autoscaler"), deployed);
      assertTrue(deployed.contains(DECODE + " is ready"), deployed);
      Cluster.followMonitors();
      assertAnswers(variant);
      assertEquals("plain", Cluster.kubectl("get", "pods", "-n", NAME, "-l", "serving.knative.dev/service=" + DECODE,
          "-o", "jsonpath={.items[*].spec.runtimeClassName}"));
      assertShows(tell(Cluster.ebb("status", "-n", NAME)));
      String again = tell(Cluster.ebb("deploy", "-f", file));
      assertEquals(List.of(), again.lines().filter(line -> line.matches("(created|changed|removed) .*")).toList(),
          again);
      assertNotEquals(List.of(), labelled());
      tell(Cluster.ebb("undeploy", "-f", file));
      assertEquals(List.of(), labelled());
      assertNull(Cluster.kube().namespaces().withName(NAME).get());
      assertEquals(2, Cluster.podsOf(RECONCILER, "ebb-autoscaler").size(), "the reconciler is the cluster's and stays");
      assertTrue(Cluster.ebb("undeploy", "-f", file).expectSuccess().output().contains("nothing to remove"));
    } finally {
      Cluster.kubectl("delete", "runtimeclass", "plain", "--ignore-not-found");
      Installation.shared().deploy();
    }
  }

  /** Mistakes in the file (status 1), and a file that asks for what the cluster does not have (status 3). */
  @ParameterizedTest
  @CsvSource({"queue: serving, queue: servin, 1, did you mean serving?",
      "kvTokens: 16384, kvTokens: 1, 1, models[0].kvTokens",
      "idleSeconds: 15, idelSeconds: 15, 1, did you mean idleSeconds?",
      "priority: online, nodeSelector: {disk: none}, 3, no ready node has the labels disk=none",
      "priority: online, runtimeClass: nvidia, 3, the cluster has none of that name"})
  void aFileThatCannotStandIsRefusedBeforeAnythingIsApplied(String right, String wrong, int status, String words) {
    Path file = Installation.write("refused.yaml", text -> Variant.decodeOnly(text).replace(right, wrong)
        .replace("\nname: ebb\nnamespace: ebb\n", "\nname: refused\nnamespace: refused\n"));
    Command refused = Cluster.ebb("deploy", "-f", file.toString());
    assertEquals(status, refused.exitCode(), refused.output());
    assertTrue(refused.output().contains(words), refused.output());
    assertTrue(refused.output().contains("nothing was applied"), refused.output());
    assertNull(Cluster.kube().namespaces().withName("refused").get());
  }

  private static void assertAnswers(Variant variant) {
    assertEquals(8, variant.router(Installation.MODEL).post("/v1/chat/completions", Map.of("model",
        Installation.MODEL, "max_tokens", 8, "ignore_eos", true, "messages",
        List.of(Map.of("role", "user", "content", "Say hello.")))).ok().at("/usage/completion_tokens").asInt());
  }

  private static void assertShows(String status) {
    String head = status.lines().findFirst().orElse("");
    assertTrue(head.matches("NAMESPACE +FUNCTION +REVISION +TRAFFIC +READY +QUOTA +DEMAND +LAST DECISION"), status);
    String row = status.lines().filter(line -> line.contains(DECODE)).findFirst().orElse("");
    assertTrue(row.matches(NAME + " +" + DECODE + " +" + DECODE + "-00001 +100% +1/1 +1 admitted by serving +0 +.+"),
        status);
    assertTrue(status.contains("nvidia.com/gpu 1/2"), status);
  }

  /** All that bears the installation's name, of every kind that the API server can list. */
  private static List<String> labelled() {
    String kinds = String.join(",", Cluster.kubectl("api-resources", "--verbs=list", "-o", "name").lines()
        .filter(kind -> !kind.contains("metrics")).toList());
    String found = Cluster.kubectl("get", kinds, "-A", "-l", "app.kubernetes.io/instance=" + NAME, "-o", "name");
    return found.lines().filter(line -> line.matches("[a-z0-9.]+/[a-z0-9.-]+")).toList();
  }

  private static String tell(Command command) {
    System.out.println(command.output());
    assertFalse(command.expectSuccess().output().isBlank());
    return command.output();
  }
}
