package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import dev.ebb.knative.render.ObjectKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In which order a deploy goes, and what it waits for in between. */
@Timeout(60)
class CourseTest {
  private static final String JOB = FakeCluster.path(ObjectName.JOB, "ebb", "m-pull");
  private static final String ROUTER = FakeCluster.path(ObjectName.DEPLOYMENT, "ebb", "m-router");
  private static final String KNATIVE = FakeCluster.path(ObjectName.KNATIVE_SERVICE, "ebb", "m-decode");
  private static final String SERVICE =
      FakeCluster.path(new ObjectKind("v1", "Service", false), "ebb", "m-decode");

  private final FakeCluster cluster = new FakeCluster();
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static EbbYaml yaml(String source, String mode, String more) {
    return YamlFiles.parsed("""
        name: lab
        namespace: ebb
        images: {registry: registry.example.com/ebb, tag: "1"}
        models:
          - id: m
            source: {%s}
            decode: {mode: %s, resources: {cpu: 1, memory: 2Gi}}
        store: {arena: {tmpfs: 1Gi}}
        prometheus: {url: "http://prometheus.monitoring.svc:9090"}
        """.formatted(source, mode) + more);
  }

  private static EbbYaml fromHub() {
    return yaml("hub: \"hf://a/b/c.gguf\", size: 2Gi", "knative", "");
  }

  private static EbbYaml fromClaim(String mode) {
    return fromClaim(mode, "");
  }

  private static EbbYaml fromClaim(String mode, String more) {
    return yaml("claim: c, path: c.gguf", mode, more);
  }

  private Map<String, String> deploy(EbbYaml yaml, boolean dryRun, Optional<Duration> limit) throws Exception {
    return new Deploy(cluster.api(), yaml, new Deploy.Options(dryRun, false, limit), told::add).apply();
  }

  private void jobsEnd(String condition) {
    cluster.beside((call, object) -> {
      if (call.equals("PATCH " + JOB)) {
        ((ObjectNode) object).putObject("status").putArray("conditions").addObject().put("type", condition)
            .put("status", "True").put("message", "the end");
      }
    });
  }

  @Test
  void whatReadsAModelIsAppliedWhenItWasPulled() throws Exception {
    Map<String, String> missing = deploy(fromHub(), false, Optional.of(Duration.ofSeconds(2)));
    assertEquals(Map.of("Job m-pull", "runs"), missing);
    assertEquals("PATCH " + JOB, cluster.changes.getLast(), "what the pull needs, and nothing behind it");
    assertTrue(cluster.holds(FakeCluster.path(ObjectName.CLAIM, "ebb", "m-model")));
    assertFalse(cluster.holds(ROUTER) || cluster.holds(KNATIVE));

    jobsEnd("Complete");
    assertEquals(Map.of(), deploy(fromHub(), false, Optional.of(Duration.ofSeconds(2))));
    assertTrue(cluster.holds(ROUTER) && cluster.holds(KNATIVE));
  }

  @Test
  void aPullThatFailsIsTold() throws Exception {
    jobsEnd("Failed");
    assertEquals(Map.of("Job m-pull", "failed: the end"), deploy(fromHub(), false, Optional.of(Duration.ofMinutes(1))));
    jobsEnd("Complete");
    assertEquals(Map.of(), deploy(fromHub(), false, Optional.of(Duration.ofMinutes(1))));
    assertTrue(told.contains("run anew    Job m-pull, which had failed"), told.toString());
  }

  /** As with a new tag of the images: the pull's pod may wait for the claim, which an awake function holds. */
  @Test
  void aModelThatIsThereHoldsNothingUp() throws Exception {
    jobsEnd("Complete");
    deploy(fromHub(), false, Optional.of(Duration.ofSeconds(20)));
    cluster.drop(ROUTER);
    jobsRun();
    assertEquals(Map.of(), deploy(fromHub(), false, Optional.of(Duration.ofSeconds(2))));
    assertTrue(cluster.holds(ROUTER));
  }

  @Test
  void anotherModelIsPulledFirst() throws Exception {
    jobsEnd("Complete");
    deploy(fromHub(), false, Optional.of(Duration.ofSeconds(20)));
    jobsRun();
    assertEquals(Map.of("Job m-pull", "runs"), deploy(yaml("hub: \"hf://a/b/other.gguf\", size: 2Gi", "knative", ""),
        false, Optional.of(Duration.ofSeconds(2))));
  }

  /** As when somebody took the claim away to have another class or size. */
  @Test
  void aPullWhoseClaimIsGoneIsRunAnew() throws Exception {
    jobsEnd("Complete");
    deploy(fromHub(), false, Optional.empty());
    cluster.drop(FakeCluster.path(ObjectName.CLAIM, "ebb", "m-model"));
    deploy(fromHub(), true, Optional.empty());
    assertFalse(cluster.changes.contains("DELETE " + JOB));
    deploy(fromHub(), false, Optional.of(Duration.ofSeconds(20)));
    assertTrue(cluster.changes.contains("DELETE " + JOB));
    assertTrue(told.contains("run anew    Job m-pull, whose claim was gone"), told.toString());
  }

  private void jobsRun() {
    cluster.beside((call, object) -> {
      if (call.equals("PATCH " + JOB)) {
        object.putObject("status");
      }
    });
  }

  @Test
  void whoDoesNotWaitGetsAllAtOnce() throws Exception {
    assertEquals(Map.of(), deploy(fromHub(), false, Optional.empty()));
    assertTrue(cluster.holds(ROUTER) && cluster.holds(KNATIVE));
  }

  /** Until Knative's service and the one of Kubernetes that it made are gone, the name is Knative's. */
  @Test
  void aFunctionThatLeavesKnativeGetsItsNameBack() throws Exception {
    deploy(fromClaim("knative"), false, Optional.empty());
    knativesOwn();
    cluster.linger(KNATIVE, 2);
    cluster.beside((call, object) -> {
      if (call.equals("DELETE " + KNATIVE)) {
        new Thread(() -> {
          sleep();
          cluster.drop(SERVICE);
        }).start();
      }
      if (call.equals("PATCH " + SERVICE)) {
        assertFalse(cluster.holds(KNATIVE) || cluster.holds(SERVICE), "both are gone");
      }
    });
    deploy(fromClaim("deployment"), false, Optional.of(Duration.ofMinutes(1)));
    assertTrue(cluster.changes.indexOf("DELETE " + KNATIVE) < cluster.changes.indexOf("PATCH " + SERVICE));
    assertEquals(1, cluster.changes.stream().filter(call -> call.startsWith("DELETE " + KNATIVE)).count());
    assertTrue(told.contains("removed     Knative Service m-decode, since a Service of Kubernetes is to have its name"),
        told.toString());
  }

  @Test
  void aDryRunOfThatRemovesNothing() throws Exception {
    deploy(fromClaim("knative"), false, Optional.empty());
    knativesOwn();
    cluster.changes.clear();
    deploy(fromClaim("deployment"), true, Optional.empty());
    assertTrue(cluster.changes.stream().allMatch(call -> call.startsWith("TRY ")), cluster.changes.toString());
    assertFalse(cluster.changes.contains("TRY " + SERVICE));
    assertEquals(1, told.stream().filter(line -> line.startsWith("would be removed") && line.contains("m-decode"))
        .count());
  }

  @Test
  void aServiceOfSomebodyElsesIsNotTakenAway() throws Exception {
    cluster.has("{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: m-decode, namespace: ebb}}");
    deploy(fromClaim("deployment"), false, Optional.empty());
    assertFalse(cluster.changes.contains("DELETE " + KNATIVE));
  }

  /** Of Knative Serving the reconciler reads how it is set, wherever the file says that it is. */
  @Test
  void theReconcilerLooksForServingWhereTheFileSays() throws Exception {
    EbbYaml elsewhere = fromClaim("knative", "namespaces: {knative: serving}\n");
    new Deploy(cluster.api(), elsewhere, new Deploy.Options(false, true, Optional.empty()), told::add).apply();
    ObjectKind role = new ObjectKind("rbac.authorization.k8s.io/v1", "Role", false);
    assertTrue(cluster.holds(FakeCluster.path(role, "serving", "ebb-autoscaler")));
    assertTrue(cluster.changes.stream().noneMatch(call -> call.contains("knative-serving")));
    String deployment = FakeCluster.path(ObjectName.DEPLOYMENT, "ebb-system", "ebb-autoscaler");
    assertEquals("--serving-namespace=serving",
        cluster.object(deployment).at("/spec/template/spec/containers/0/args/1").asText());

    cluster.drop(KNATIVE);
    new Undeploy(cluster.api(), Duration.ofSeconds(20), false, told::add).autoscaler();
    assertFalse(cluster.holds(FakeCluster.path(role, "serving", "ebb-autoscaler")));
    assertFalse(cluster.holds("/api/v1/namespaces/ebb-system"));
  }

  @Test
  void itsNamespaceThatWasThereBeforeIsMarkedAndKept() throws Exception {
    cluster.has("{apiVersion: v1, kind: Namespace, metadata: {name: ebb-system}}");
    new Deploy(cluster.api(), fromClaim("knative"), new Deploy.Options(false, true, Optional.empty()), told::add)
        .apply();
    cluster.drop(KNATIVE);
    new Undeploy(cluster.api(), Duration.ofSeconds(20), false, told::add).autoscaler();
    assertFalse(cluster.object("/api/v1/namespaces/ebb-system").path("metadata").has("labels"));
  }

  private void knativesOwn() {
    cluster.has("{apiVersion: v1, kind: Service, metadata: {name: m-decode, namespace: ebb, ownerReferences: [{"
        + "apiVersion: serving.knative.dev/v1, kind: Route, name: m-decode, uid: u}]}, spec: {type: ExternalName}}");
  }

  private static void sleep() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
