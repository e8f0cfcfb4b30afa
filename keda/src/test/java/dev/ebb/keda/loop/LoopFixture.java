package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.resource.ScaledObject;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscaler;
import io.fabric8.knative.internal.autoscaling.v1alpha1.PodAutoscalerBuilder;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessService;
import io.fabric8.knative.internal.networking.v1alpha1.ServerlessServiceBuilder;
import io.fabric8.knative.pkg.apis.Condition;
import io.fabric8.knative.serving.v1.Revision;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Replicas of the loop on an API server that stores and watches; the test plays Serving and KEDA. */
abstract class LoopFixture {
  private static final long WAIT_MS = 30_000;

  private final List<Controller> running = new ArrayList<>();

  abstract KubernetesClient client();

  @AfterEach
  void stop() {
    running.forEach(Controller::close);
  }

  final Controller start(String identity) {
    Options options = new Options("ns", "knative-serving", "ns", "lease", identity, 2, 0, Duration.ofSeconds(3),
        Duration.ofSeconds(2), Duration.ofMillis(200));
    Controller controller = new Controller(client(), options, Clock.systemUTC());
    controller.start();
    running.add(controller);
    return controller;
  }

  /** Plays a whole first rollout. */
  void awake(String routing) {
    start("one");
    awakeObjects(routing);
  }

  void awakeObjects(String routing) {
    create(Fixtures.revision(routing), Fixtures.deployment(1, 1), Fixtures.podAutoscaler(Fixtures.annotations()));
    eventually("a ServerlessService", () -> sks() != null);
    serviceReady();
    eventually("a ScaledObject", () -> scaledObject() != null);
  }

  void create(HasMetadata... objects) {
    for (HasMetadata object : objects) {
      client().resource(object).create();
    }
  }

  /** What Serving's controller does once the endpoints are there. */
  void serviceReady() {
    ServerlessService ready = Fixtures.serverlessService("True", 1, sks().getMetadata().getGeneration());
    client().resource(sks()).editStatus(it -> new ServerlessServiceBuilder(it).withStatus(ready.getStatus()).build());
  }

  void scale(int replicas, int ready) {
    edit(Deployment.class, "rev-1-deployment", it -> {
      it.getSpec().setReplicas(replicas);
      return it;
    });
    client().resource(deployment()).editStatus(it -> {
      it.getStatus().setReadyReplicas(ready);
      return it;
    });
  }

  void route(String state) {
    edit(Revision.class, "rev-1", it -> {
      it.getMetadata().getLabels().put("serving.knative.dev/routingState", state);
      return it;
    });
  }

  static <T extends HasMetadata> T annotated(T object, String key, String value) {
    Map<String, String> annotations = new HashMap<>();
    if (object.getMetadata().getAnnotations() != null) {
      annotations.putAll(object.getMetadata().getAnnotations());
    }
    annotations.put(key, value);
    object.getMetadata().setAnnotations(annotations);
    return object;
  }

  PodAutoscaler pa() {
    return get(PodAutoscaler.class, "rev-1");
  }

  ServerlessService sks() {
    return get(ServerlessService.class, "rev-1");
  }

  ScaledObject scaledObject() {
    return get(ScaledObject.class, "rev-1");
  }

  Revision revision() {
    return get(Revision.class, "rev-1");
  }

  Deployment deployment() {
    return get(Deployment.class, "rev-1-deployment");
  }

  /** Changes an object whatever version it has: the loop may write it at the same moment. */
  <T extends HasMetadata> void edit(Class<T> type, String name, UnaryOperator<T> change) {
    eventually("a change of " + name, () -> {
      try {
        client().resources(type).inNamespace("ns").withName(name).edit(change);
        return true;
      } catch (KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
          return false;
        }
        throw e;
      }
    });
  }

  <T extends HasMetadata> T get(Class<T> type, String name) {
    return client().resources(type).inNamespace("ns").withName(name).get();
  }

  Condition condition(String type) {
    PodAutoscaler pa = new PodAutoscalerBuilder(pa()).editOrNewStatus().endStatus().build();
    return pa.getStatus().getConditions().stream().filter(it -> it.getType().equals(type)).findFirst()
        .orElse(new Condition());
  }

  String status(String type) {
    return String.valueOf(condition(type).getStatus());
  }

  String annotation(String key) {
    Map<String, String> annotations = scaledObject().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(key);
  }

  List<String> eventReasons() {
    return client().resources(Event.class).inNamespace("ns").list().getItems().stream()
        .map(event -> event.getType() + " " + event.getReason()).toList();
  }

  static void settle() {
    pause(1500);
  }

  static void eventually(String what, BooleanSupplier holds) {
    long end = System.nanoTime() + WAIT_MS * 1_000_000;
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "no " + what + " in " + WAIT_MS + " ms");
      pause(20);
    }
  }

  static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
