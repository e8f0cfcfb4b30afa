package dev.ebb.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.it.cluster.harness.Cluster;
import dev.ebb.it.cluster.harness.Installation;
import dev.ebb.it.cluster.harness.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Knative's own command line: Ebb's commands as its plugin, and functions that {@code kn} itself makes and changes. */
@Tag("cluster")
final class KnTest {
  private static final String NAME = "by-kn";
  private static final String FLAGS = "by-flags";
  private static final String DECODE = Installation.MODEL + "-decode";
  private static final String FIRST = DECODE + "-00001";
  private static final String SECOND = DECODE + "-00002";

  /** Deploy, another revision, back to the first: traffic stays where kn put it when Ebb deploys again. */
  @Test
  void theWholeWayByKn() {
    try (Variant variant = Variant.of(NAME, Variant::decodeOnly)) {
      String file = variant.file().toString();
      String smaller = written(NAME + "-2", smaller(variant));
      kn("ebb", "deploy", "-f", file);
      assertContains(kn("ebb", "status", "-n", NAME), FIRST, "100%");
      assertContains(kn("service", "list", "-n", NAME), DECODE, FIRST, "True");
      assertContains(kn("service", "describe", DECODE, "-n", NAME), FIRST, "100%");
      kn("ebb", "deploy", "-f", smaller);
      assertContains(kn("revision", "list", "-n", NAME), FIRST, SECOND);
      kn("service", "update", DECODE, "-n", NAME, "--traffic", FIRST + "=100");
      assertEquals(Map.of(FIRST, 100), new Revisions(NAME, DECODE).shares());
      assertAnswers(variant);
      assertContains(kn("ebb", "deploy", "-f", file), "its newest revision has 0% of the traffic");
      assertEquals(Map.of(FIRST, 100), new Revisions(NAME, DECODE).shares());
      kn("ebb", "undeploy", "-f", file);
      assertNull(Cluster.kube().namespaces().withName(NAME).get());
    }
  }

  /** What ebb render wrote, by the tool for Knative's own objects. */
  @Test
  void renderedServicesAreAppliedByKn() {
    try (Variant variant = Variant.of("applied", text -> text)) {
      List<Path> services = variant.files().stream()
          .filter(file -> file.getFileName().toString().contains("knative-service")).toList();
      assertEquals(2, services.size(), services.toString());
      List<String> texts = services.stream().map(KnTest::text).toList();
      variant.without("knative-service").apply();
      for (String yaml : texts) {
        String service = yaml.contains(DECODE) ? DECODE : Installation.MODEL + "-prefill";
        kn("service", "apply", service, "-n", "applied", "-f", written(service, yaml), "--wait-timeout", "180");
      }
      assertContains(kn("service", "list", "-n", "applied"), DECODE, Installation.MODEL + "-prefill");
      assertAnswers(variant);
    }
  }

  /** The command that docs/cluster.md gives, behind the router of an installation without that function. */
  @Test
  void aFunctionMadeOfFlagsServesBehindTheRouter() {
    try (Variant variant = Variant.of(FLAGS, KnTest::modelFromClaim).without("knative-service")) {
      claim(variant);
      variant.apply();
      System.out.println(Cluster.shell(documented()).expectSuccess().output());
      assertContains(kn("service", "describe", DECODE, "-n", FLAGS), FIRST, "100%");
      assertAnswers(variant);
      assertContains(Cluster.ebb("status", "-n", FLAGS).expectSuccess().output(), FIRST, "1 admitted by serving");
      variant.awaitZero();
      assertAnswers(variant);
      kn("service", "delete", DECODE, "-n", FLAGS, "--wait");
      variant.awaitZero();
      assertEquals("", Cluster.kubectl("get", "scaledobject,podautoscaler,deployment", "-n", FLAGS, "-l",
          "serving.knative.dev/service=" + DECODE, "-o", "name"));
      // It goes with the router's pod; a claim that stays would hold its volume, and an undeploy waits for that.
      Cluster.kubectl("delete", "pvc", "-n", FLAGS, "models", "--wait=false");
    } finally {
      Cluster.ebb("undeploy", "--name", FLAGS, "-n", FLAGS, "--with-data").expectSuccess();
    }
    assertNull(Cluster.kube().namespaces().withName(FLAGS).get());
  }

  private static String documented() {
    Matcher block = Pattern.compile("(?s)```sh\n(namespace=ebb [^`]*?kn service create.*?)```")
        .matcher(text(Path.of("../docs/cluster.md")));
    assertTrue(block.find(), "docs/cluster.md has no command for kn");
    return block.group(1).replace("namespace=ebb ", "namespace=" + FLAGS + " ");
  }

  private static String modelFromClaim(String text) {
    return Variant.decodeOnly(text).replaceFirst("hostPath: \"[^\"]*\", path", "claim: models, path");
  }

  /** The node's folder of models as a claim, since kn has no flag for a folder of the node. */
  private static void claim(Variant variant) {
    Path namespace = variant.files().stream().filter(file -> file.toString().contains("-namespace-")).findFirst()
        .orElseThrow();
    Cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", namespace.toString());
    Cluster.apply(CLAIM.replace("FLAGS", FLAGS).replace("FOLDER",
        Path.of(System.getenv("KUBECONFIG")).resolveSibling("models").toString()));
  }

  private static String smaller(Variant variant) {
    return text(variant.file()).replace("      threads: 1\n", "      threads: 1\n      tokenBudget: 256\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String written(String name, String text) {
    return Installation.write(name + ".yaml", ignored -> text).toString();
  }

  private static String kn(String... arguments) {
    String said = Cluster.kn(arguments).expectSuccess().output();
    System.out.println("$ kn " + String.join(" ", arguments) + "\n" + said);
    return said;
  }

  private static void assertContains(String text, String... words) {
    for (String word : words) {
      assertTrue(text.contains(word), "no " + word + " in\n" + text);
    }
  }

  private static void assertAnswers(Variant variant) {
    assertEquals(8, variant.router(Installation.MODEL).post("/v1/completions", Map.of("model", Installation.MODEL,
        "prompt", "Hello", "max_tokens", 8, "ignore_eos", true)).ok().at("/usage/completion_tokens").asInt());
  }

  private static final String CLAIM = """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: FLAGS-models, labels: {app.kubernetes.io/name: ebb, app.kubernetes.io/instance: FLAGS,
        app.kubernetes.io/managed-by: ebb}}
      spec:
        capacity: {storage: 1Gi}
        accessModes: [ReadOnlyMany]
        persistentVolumeReclaimPolicy: Retain
        claimRef: {namespace: FLAGS, name: models}
        hostPath: {path: FOLDER, type: Directory}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: models, namespace: FLAGS, labels: {app.kubernetes.io/name: ebb,
        app.kubernetes.io/instance: FLAGS, app.kubernetes.io/managed-by: ebb}}
      spec:
        accessModes: [ReadOnlyMany]
        storageClassName: ""
        volumeName: FLAGS-models
        resources: {requests: {storage: 1Gi}}
      """;
}
