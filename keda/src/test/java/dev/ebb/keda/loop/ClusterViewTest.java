package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.decide.Serving;
import dev.ebb.keda.resource.ScaledObject;
import dev.ebb.keda.resource.ScaledObjectSpec;
import dev.ebb.keda.resource.ScaledObjectStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which changes of a ScaledObject have its revision looked at. */
@EnableKubernetesMockClient(crud = true)
@Timeout(60)
class ClusterViewTest {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  KubernetesClient client;
  private ClusterView view;

  @BeforeEach
  void watch() throws InterruptedException {
    ScaledObject object = new ScaledObject();
    object.getMetadata().setName("rev-1");
    object.getMetadata().setNamespace("ns");
    object.setSpec(new ScaledObjectSpec());
    client.resource(object).create();
    status(status -> status.keep("lastActiveTime", "2026-01-01T00:00:00Z"));
    Serving suited = Fixtures.SUITED;
    view = new ClusterView(client, "ns", Clock.systemUTC(), () -> suited, told::add);
    view.start();
    assertTold();
  }

  @AfterEach
  void close() {
    view.close();
  }

  private void assertTold() throws InterruptedException {
    assertEquals("ns/rev-1", told.poll(20, TimeUnit.SECONDS));
  }

  private void status(Consumer<ScaledObjectStatus> change) {
    client.resources(ScaledObject.class).inNamespace("ns").withName("rev-1").editStatus(object -> {
      object.setStatus(object.getStatus() == null ? new ScaledObjectStatus() : object.getStatus());
      change.accept(object.getStatus());
      return object;
    });
  }

  private static ScaledObjectStatus.StatusCondition ready(String verdict) {
    ScaledObjectStatus.StatusCondition condition = new ScaledObjectStatus.StatusCondition();
    condition.type = "Ready";
    condition.status = verdict;
    return condition;
  }

  @Test
  void whatKedaNotesAtEachPushIsPassedOver() throws InterruptedException {
    for (int push = 1; push < 5; push++) {
      String time = "2026-01-01T00:00:0" + push + "Z";
      status(status -> {
        status.keep("lastActiveTime", time);
        status.keep("triggersActivity", Map.of("s0-ebb-demand", Map.of("isActive", true, "lastActiveTime", time)));
      });
    }
    // Changes come in their order, so all of those were seen once this one is told.
    status(status -> status.conditions = List.of(ready("False")));
    assertTold();
    assertEquals(List.of(), List.copyOf(told));
  }

  @Test
  void allElseIsTold() throws InterruptedException {
    status(status -> status.conditions = List.of(ready("True")));
    assertTold();
    status(status -> status.conditions = List.of(ready("False")));
    assertTold();
    status(status -> status.keep("future", 1));
    assertTold();
    for (Consumer<ScaledObject> change : List.<Consumer<ScaledObject>>of(
        object -> LoopFixture.annotated(object, ScaledObject.PAUSED_REPLICAS, "2"),
        object -> object.getMetadata().setLabels(Map.of("a", "b")), object -> object.getSpec().cooldownPeriod = 7)) {
      client.resources(ScaledObject.class).inNamespace("ns").withName("rev-1").edit(object -> {
        change.accept(object);
        return object;
      });
      assertTold();
    }
    client.resources(ScaledObject.class).inNamespace("ns").withName("rev-1").delete();
    assertTold();
  }
}
