package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.decide.Scaling;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.serving.v1.Revision;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loop against an API server that stores and watches; Serving's and KEDA's own doings are played by the test. */
@EnableKubernetesMockClient(crud = true)
@Timeout(120)
class ControllerTest extends LoopFixture {
  KubernetesMockServer server;
  KubernetesClient client;

  @Override
  KubernetesClient client() {
    return client;
  }

  @Test
  void aFirstRolloutGetsItsObjectsInOrder() {
    start("one");
    create(Fixtures.revision("pending"), Fixtures.deployment(1, 0));
    create(Fixtures.podAutoscaler(Fixtures.annotations()));
    eventually("a ServerlessService", () -> sks() != null);
    assertEquals("Serve", sks().getSpec().getMode());
    assertEquals("decode", sks().getMetadata().getLabels().get("serving.knative.dev/service"));
    assertEquals(pa().getMetadata().getUid(), sks().getMetadata().getOwnerReferences().getFirst().getUid());
    eventually("a status", () -> status("Ready").equals("Unknown"));
    assertEquals("", pa().getStatus().getServiceName());

    serviceReady();
    eventually("the service's name", () -> "rev-1".equals(pa().getStatus().getServiceName()));
    assertEquals("Unknown", status("ScaleTargetInitialized"));
    assertNull(scaledObject(), "no ScaledObject before the first ready pod");

    scale(1, 1);
    eventually("Ready", () -> status("Ready").equals("True"));
    eventually("a ScaledObject", () -> scaledObject() != null);
    assertEquals("rev-1-deployment", scaledObject().getSpec().scaleTargetRef.name);
    assertEquals(List.of("external-push", "prometheus"),
        scaledObject().getSpec().triggers.stream().map(trigger -> trigger.type).toList());
    assertEquals(1, pa().getStatus().getActualScale());
    eventually("an event", () -> eventReasons().contains("Normal Started"));

    scale(0, 0);
    eventually("no traffic", () -> status("Active").equals("False"));
    assertEquals("True", status("ScaleTargetInitialized"));
  }

  @Test
  void aRevisionInReserveIsPausedAndComesBack() {
    awake("active");
    route("reserve");
    eventually("the pause", () -> "0".equals(annotation(ScaledObject.PAUSED_REPLICAS)));
    eventually("an event", () -> eventReasons().contains("Normal Paused"));
    route("active");
    eventually("the end of the pause", () -> annotation(ScaledObject.PAUSED_REPLICAS) == null);
    assertNull(annotation(Scaling.PAUSED_BY_ROUTING));
  }

  @Test
  void aPauseThatAPersonSetStays() {
    awake("active");
    edit(ScaledObject.class, "rev-1", object -> annotated(object, ScaledObject.PAUSED_REPLICAS, "1"));
    edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.MAX_SCALE, "4"));
    eventually("the new bound", () -> scaledObject().getSpec().maxReplicaCount == 4);
    assertEquals("1", annotation(ScaledObject.PAUSED_REPLICAS));
    for (String state : List.of("reserve", "active")) {
      route(state);
      settle();
      assertEquals("1", annotation(ScaledObject.PAUSED_REPLICAS), state);
      assertNull(annotation(Scaling.PAUSED_BY_ROUTING), state);
    }
  }

  @Test
  void aRevisionWithBadSettingsThatIsNotNeededGivesUpItsPod() {
    start("one");
    PodAutoscaler bad = Fixtures.podAutoscaler(Fixtures.annotations());
    create(Fixtures.revision("active"), Fixtures.deployment(1, 0), annotated(bad, Annotations.COOLDOWN, "soon"));
    eventually("a warning", () -> eventReasons().contains("Warning BadSettings"));
    assertNull(scaledObject(), "it may be mended");
    route("reserve");
    eventually("a ScaledObject", () -> scaledObject() != null);
    assertEquals("0", annotation(ScaledObject.PAUSED_REPLICAS));
    edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.COOLDOWN, "20s"));
    eventually("its own triggers", () -> scaledObject().getSpec().triggers.size() == 2);
  }

  @Test
  void whatIsInOrderIsNotWritten() throws InterruptedException {
    awake("active");
    eventually("Ready", () -> status("Ready").equals("True"));
    settle();
    writes();
    edit(Deployment.class, "rev-1-deployment", it -> annotated(it, "someone", "touched it"));
    edit(Revision.class, "rev-1", it -> annotated(it, "someone", "touched it"));
    edit(PodAutoscaler.class, "rev-1", it -> annotated(it, "someone", "touched it"));
    settle();
    List<String> writes = writes();
    assertEquals(3, writes.size(), "only the test's own: " + writes);
  }

  /** Requests since the last call that write, those for the lease apart. */
  private List<String> writes() throws InterruptedException {
    List<String> writes = new ArrayList<>();
    RecordedRequest request = server.takeRequest(1, TimeUnit.MILLISECONDS);
    while (request != null) {
      String line = request.getMethod() + " " + request.getPath();
      if (!line.startsWith("GET ") && !line.contains("/leases")) {
        writes.add(line);
      }
      request = server.takeRequest(1, TimeUnit.MILLISECONDS);
    }
    return writes;
  }

  @Test
  void whatOthersChangeIsPutBackAndWhatTheyAddIsKept() {
    awake("active");
    edit(ScaledObject.class, "rev-1", object -> {
      object.getSpec().cooldownPeriod = 9999;
      object.getSpec().keep("fallback", Map.of("replicas", 6));
      return object;
    });
    eventually("the cooldown", () -> scaledObject().getSpec().cooldownPeriod == 15);
    assertEquals(Map.of("replicas", 6), scaledObject().getSpec().unknown().get("fallback"));
    client.resource(scaledObject()).delete();
    eventually("a new ScaledObject", () -> scaledObject() != null);
    client.resource(sks()).delete();
    eventually("a new ServerlessService", () -> sks() != null);
  }

  @Test
  void badSettingsAreSaidAndNothingIsTornDown() {
    awake("active");
    edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.COOLDOWN, "soon"));
    eventually("Ready False", () -> status("Ready").equals("False"));
    assertEquals("BadSettings", condition("Ready").getReason());
    eventually("a warning", () -> eventReasons().contains("Warning BadSettings"));
    assertEquals(15, scaledObject().getSpec().cooldownPeriod);
    route("reserve");
    eventually("the pause all the same", () -> "0".equals(annotation(ScaledObject.PAUSED_REPLICAS)));
    edit(PodAutoscaler.class, "rev-1", pa -> annotated(pa, Annotations.COOLDOWN, "20s"));
    eventually("the mended cooldown", () -> scaledObject().getSpec().cooldownPeriod == 20);
  }

  @Test
  void otherClassesAreLeftAlone() {
    start("one");
    PodAutoscaler kpa = Fixtures.podAutoscaler(Map.of(Annotations.CLASS, "kpa.autoscaling.knative.dev"));
    kpa.getMetadata().setName("kpa-1");
    create(kpa);
    awakeObjects("active");
    assertNull(client.resources(ServerlessService.class).inNamespace("ns").withName("kpa-1").get());
    assertNull(client.resources(PodAutoscaler.class).inNamespace("ns").withName("kpa-1").get().getStatus());
  }

  @Test
  void whatTheApiServerRefusesIsSaidAndTriedAgain() {
    server.expect().post().withPath("/apis/keda.sh/v1alpha1/namespaces/ns/scaledobjects")
        .andReturn(403, new StatusBuilder().withCode(403).withMessage("the webhook says no").build()).once();
    awake("active");
    assertEquals("True", status("Ready"), "the revision is ready whatever KEDA says");
    eventually("a warning", () -> eventReasons().contains("Warning WriteFailed"));
    assertTrue(eventReasons().contains("Normal Started"));
  }
}
