package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.cluster.ClusterException;
import dev.ebb.knative.render.ObjectKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes and what stays when an installation is taken away. */
@Timeout(60)
class UndeployTest {
  private static final String LABELS = "labels: {app.kubernetes.io/name: ebb, app.kubernetes.io/instance: lab,"
      + " app.kubernetes.io/managed-by: ebb}";
  private static final String ROLE =
      FakeCluster.path(new ObjectKind("rbac.authorization.k8s.io/v1", "ClusterRole", true), "", "lab-router");
  private static final String VOLUME =
      FakeCluster.path(new ObjectKind("v1", "PersistentVolume", true), "", "lab-arena");

  private final FakeCluster cluster = new FakeCluster();
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void stop() {
    cluster.close();
  }

  private int undeploy(String namespace) throws InterruptedException {
    return new Undeploy(cluster.api(), Duration.ofSeconds(20), false, told::add).installation("lab", namespace);
  }

  private void namespace(String name, String more) {
    cluster.has("{apiVersion: v1, kind: Namespace, metadata: {name: " + name + ", " + LABELS + more + "}}");
  }

  private void in(String namespace, String apiVersion, String kind, String name) {
    cluster.has("{apiVersion: " + apiVersion + ", kind: " + kind + ", metadata: {name: " + name + ", namespace: "
        + namespace + ", " + LABELS + "}}");
  }

  private void clusterWide() {
    cluster.has("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: lab-router, "
        + LABELS + "}}");
    cluster.has("{apiVersion: v1, kind: PersistentVolume, metadata: {name: lab-arena, " + LABELS + "}}");
  }

  private static String of(ObjectKind kind, String namespace, String name) {
    return FakeCluster.path(kind, namespace, name);
  }

  @Test
  void allOfItGoesWithItsNamespace() throws Exception {
    namespace("here", "");
    in("here", "apps/v1", "Deployment", "m-router");
    clusterWide();
    assertEquals(4, undeploy("here"), told.toString());
    assertFalse(cluster.holds(ROLE) || cluster.holds(VOLUME) || cluster.holds("/api/v1/namespaces/here"));
  }

  @Test
  void aNamespaceThatWasThereBeforeStaysAndLosesTheLabels() throws Exception {
    namespace("here", ", annotations: {ebb.dev/existed-before: 'true'}");
    in("here", "apps/v1", "Deployment", "m-router");
    assertEquals(1, undeploy("here"), told.toString());
    assertFalse(cluster.object("/api/v1/namespaces/here").path("metadata").has("labels"));
    assertTrue(told.contains("kept      Namespace here, which was there before; it only lost Ebb's labels"));
  }

  /** As by a slip in -n: what is found there by name alone is another namespace's. */
  @Test
  void theInstallationOfThatNameInAnotherNamespaceKeepsWhatLiesInNone() throws Exception {
    namespace("there", ", annotations: {ebb.dev/existed-before: 'true'}");
    in("there", "apps/v1", "Deployment", "m-router");
    clusterWide();
    assertEquals(0, undeploy("here"));
    assertEquals(List.of(), cluster.changes);
    assertTrue(told.contains("kept      ClusterRole lab-router, which belongs to the installation of that name in"
        + " namespace there"), told.toString());
    assertTrue(told.stream().anyMatch(line -> line.startsWith("kept      PersistentVolume lab-arena")));
  }

  @Test
  void ofTwoThatBearTheNameTheOtherKeepsThemToo() throws Exception {
    namespace("here", "");
    in("here", "apps/v1", "Deployment", "m-router");
    namespace("there", "");
    in("there", "apps/v1", "Deployment", "m-router");
    clusterWide();
    assertEquals(2, undeploy("here"), told.toString());
    assertTrue(cluster.holds(ROLE) && cluster.holds(of(ObjectName.DEPLOYMENT, "there", "m-router")));
  }

  /** It was kept for its models, and bears the labels of an installation that went. */
  @Test
  void aNamespaceThatOnlyKeepsModelsHoldsNothingBack() throws Exception {
    namespace("here", "");
    in("here", "apps/v1", "Deployment", "m-router");
    namespace("old", "");
    in("old", "v1", "PersistentVolumeClaim", "m-model");
    clusterWide();
    assertEquals(4, undeploy("here"), told.toString());
    assertFalse(cluster.holds(ROLE));
    assertTrue(cluster.holds(of(ObjectName.CLAIM, "old", "m-model")));
  }

  private void reconciler() {
    String labels = "labels: {app.kubernetes.io/name: ebb-autoscaler, app.kubernetes.io/managed-by: ebb}";
    cluster.has("{apiVersion: v1, kind: Namespace, metadata: {name: ebb-system, " + labels + "}}");
    cluster.has("{apiVersion: apps/v1, kind: Deployment, metadata: {name: ebb-autoscaler, namespace: ebb-system, "
        + labels + "}}");
  }

  private int autoscaler() throws InterruptedException {
    return new Undeploy(cluster.api(), Duration.ofSeconds(20), false, told::add).autoscaler();
  }

  @Test
  void theReconcilerGoesWithItsNamespace() throws Exception {
    reconciler();
    assertEquals(2, autoscaler());
    assertFalse(cluster.holds("/api/v1/namespaces/ebb-system"));
  }

  @Test
  void itsNamespaceStaysForWhatOthersKeepInIt() throws Exception {
    reconciler();
    cluster.has("{apiVersion: v1, kind: Secret, metadata: {name: registry-login, namespace: ebb-system}}");
    assertEquals(1, autoscaler());
    assertTrue(cluster.holds("/api/v1/namespaces/ebb-system"));
    assertFalse(cluster.holds(of(ObjectName.DEPLOYMENT, "ebb-system", "ebb-autoscaler")));
    assertTrue(told.stream().anyMatch(line -> line.contains("which holds what is not Ebb's: Secret registry-login")),
        told.toString());
  }

  @Test
  void theReconcilerStaysWhileFunctionsNeedIt() {
    reconciler();
    in("llm", "serving.knative.dev/v1", "Service", "m-decode");
    cluster.has("{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: flags, namespace: kn}, spec: "
        + "{template: {metadata: {annotations: {autoscaling.knative.dev/class: keda.ebb.dev}}}}}");
    cluster.has("{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: other, namespace: kn}}");
    String refused = assertThrows(ClusterException.class, this::autoscaler).getMessage();
    assertTrue(refused.contains("Knative Service flags in namespace kn, Knative Service m-decode in namespace llm;"),
        refused);
    assertEquals(List.of(), cluster.changes);
  }
}
