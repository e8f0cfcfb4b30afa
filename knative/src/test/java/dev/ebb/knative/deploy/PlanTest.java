package dev.ebb.knative.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.render.ObjectKind;
import dev.ebb.knative.render.Rendering;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is taken away, and in which order. */
class PlanTest {
  private static final ObjectName NAMESPACE = new ObjectName(ObjectName.NAMESPACE, "", "ebb");
  private static final ObjectName SERVICE = named(ObjectName.KNATIVE_SERVICE, "decode");
  private static final ObjectName ROUTER = named(ObjectName.DEPLOYMENT, "router");
  private static final ObjectName LOCAL = named(new ObjectKind("kueue.x-k8s.io/v1beta2", "LocalQueue", false), "q");
  private static final ObjectName QUEUE =
      new ObjectName(new ObjectKind("kueue.x-k8s.io/v1beta2", "ClusterQueue", true), "", "ebb-q");
  private static final ObjectName FLAVOR =
      new ObjectName(new ObjectKind("kueue.x-k8s.io/v1beta2", "ResourceFlavor", true), "", "ebb-any");

  private static ObjectName named(ObjectKind kind, String name) {
    return new ObjectName(kind, "ebb", name);
  }

  private static Leftovers.Labelled free(ObjectName name) {
    return new Leftovers.Labelled(name, false, false);
  }

  @Test
  void servicesGoFirstThenTheRestThenQueuesTheirFlavorsAndTheNamespace() {
    assertEquals(List.of(List.of(SERVICE), List.of(ROUTER), List.of(QUEUE, LOCAL), List.of(FLAVOR), List.of(NAMESPACE)),
        RemovalOrder.of(List.of(NAMESPACE, FLAVOR, QUEUE, LOCAL, ROUTER, SERVICE)));
    assertEquals(List.of(), RemovalOrder.of(List.of()));
  }

  @Test
  void credentialsGoAfterWhatRefersToThem() {
    ObjectName scaled = named(new ObjectKind("keda.sh/v1alpha1", "ScaledObject", false), "decode");
    ObjectName credentials = named(ObjectName.AUTHENTICATION, "ebb-prometheus");
    assertEquals(List.of(List.of(SERVICE, scaled), List.of(credentials)),
        RemovalOrder.of(List.of(credentials, SERVICE, scaled)));
  }

  @Test
  void everyKindThatIsRenderedIsTakenAwayOnce() {
    List<ObjectName> all = Rendering.kinds().stream().map(kind -> new ObjectName(kind, "", "x")).toList();
    List<ObjectName> ordered = RemovalOrder.of(all).stream().flatMap(List::stream).toList();
    assertEquals(all.size(), ordered.size());
    assertEquals(Set.copyOf(all), Set.copyOf(ordered));
  }

  @Test
  void onlyWhatTheFileNoLongerHasIsLeftOver() {
    ObjectName old = named(ObjectName.KNATIVE_SERVICE, "old-decode");
    assertEquals(List.of(old),
        Leftovers.of(List.of(free(ROUTER), free(old), free(SERVICE)), Set.of(ROUTER, SERVICE)));
  }

  @Test
  void whatAnotherObjectMadeIsLeftToIt() {
    ObjectName revision = named(ObjectName.DEPLOYMENT, "decode-00001-deployment");
    assertEquals(List.of(), Leftovers.of(List.of(new Leftovers.Labelled(revision, true, true)), Set.of()));
  }

  /** The garbage collector would leave them, and their pods would keep an undeploy waiting for ever. */
  @Test
  void jobsOfAJobSinkAreLeftToItButDoNotGoWithIt() {
    ObjectKind job = new ObjectKind("batch/v1", "Job", false);
    assertEquals(new Leftovers.Labelled(named(job, "one"), true, false), owned(job, "jobsinks"));
    assertEquals(List.of(), Leftovers.of(List.of(owned(job, "jobsinks")), Set.of()));
    assertTrue(owned(job, "CronJob").goes());
  }

  private static Leftovers.Labelled owned(ObjectKind kind, String owner) {
    return Inventory.labelled(kind, "ebb", new GenericKubernetesResourceBuilder().withNewMetadata().withName("one")
        .addNewOwnerReference().withKind(owner).endOwnerReference().endMetadata().build());
  }

  @Test
  void aNamespaceIsNeverLeftOver() {
    assertEquals(List.of(), Leftovers.of(List.of(free(NAMESPACE)), Set.of()));
  }

  @Test
  void aClaimWithAModelIsKeptAndThatOfTheArenaIsNot() {
    ObjectName model = named(ObjectName.CLAIM, "qwen3-0-6b-model");
    ObjectName arena = named(ObjectName.CLAIM, "ebb-arena");
    List<Leftovers.Labelled> there = List.of(free(model), free(arena));
    assertEquals(List.of(arena), Leftovers.of(there, Set.of()));
    assertEquals(List.of(model), Leftovers.kept(there, Set.of()));
    assertEquals(List.of(), Leftovers.kept(there, Set.of(model)));
  }

  @Test
  void leftOversGoInTheSameOrder() {
    assertEquals(List.of(SERVICE, ROUTER, QUEUE, FLAVOR),
        Leftovers.of(List.of(free(FLAVOR), free(QUEUE), free(ROUTER), free(SERVICE)), Set.of()));
  }

  @Test
  void namesTellKnativeServicesFromOthers() {
    assertEquals("Knative Service decode", SERVICE.toString());
    assertTrue(named(new ObjectKind("v1", "Service", false), "decode").toString().startsWith("Service"));
  }
}
