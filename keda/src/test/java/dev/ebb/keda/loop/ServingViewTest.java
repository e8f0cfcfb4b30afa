package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.decide.Serving;
import dev.ebb.keda.setting.Annotations;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Serving's ConfigMaps, watched beside all else. */
@EnableKubernetesMockClient(crud = true)
@Timeout(120)
class ServingViewTest extends LoopFixture {
  private static final String NAMESPACE = "knative-serving";

  KubernetesMockServer server;
  KubernetesClient client;

  @Override
  KubernetesClient client() {
    return client;
  }

  @Test
  void aChangeOfServingIsFollowed() {
    maps("auto");
    start("one");
    Map<String, String> annotations = Fixtures.annotations();
    annotations.put(Annotations.TRIGGERS, "[{type: prometheus, serverAddress: 'http://prom', query: '{activator}', "
        + "threshold: 1, ignoreNullValues: true}]");
    create(Fixtures.revision("active"), Fixtures.deployment(1, 1), Fixtures.podAutoscaler(annotations));
    eventually("a ServerlessService", () -> sks() != null);
    serviceReady();
    eventually("a ScaledObject", () -> scaledObject() != null);
    assertTrue(query().startsWith("sum(activator_request_concurrency{") && !query().contains(" or "), query());
    eventually("a condition", () -> status("ServingSuited").equals("False"));
    eventually("an event", () -> events().contains("config-network Warning MeshCompatibility"));

    set(Serving.NETWORK, Map.of("mesh-compatibility-mode", "disabled"));
    eventually("the condition to go", () -> !status("ServingSuited").equals("False"));
    set(Serving.OBSERVABILITY, Map.of("_example", "metrics-protocol: none", "metrics-protocol", "prometheus"));
    eventually("the other series", () -> query().startsWith("sum(kn_revision_request_queued{"));
    assertEquals("True", status("Ready"));
  }

  @Test
  void withoutTheRightToReadThemAllGoesOn() {
    for (String name : Serving.CONFIG_MAPS) {
      server.expect().get().withPath("/api/v1/namespaces/knative-serving/configmaps?fieldSelector=metadata.name%3D"
          + name + "&resourceVersion=0").andReturn(403, new StatusBuilder().withCode(403)
          .withMessage("configmaps \"" + name + "\" is forbidden").build()).always();
    }
    awake("active");
    eventually("Ready", () -> status("Ready").equals("True"));
    eventually("what is not known", () -> status("ServingSuited").equals("Unknown"));
    String message = condition("ServingSuited").getMessage();
    assertTrue(message.contains("configmaps \"config-network\" is forbidden"), message);
  }

  private String query() {
    return scaledObject().getSpec().triggers.getFirst().metadata.get("query");
  }

  private void maps(String mesh) {
    map(Serving.OBSERVABILITY, Map.of("_example", "metrics.backend-destination: prometheus"));
    map(Serving.NETWORK, Map.of("mesh-compatibility-mode", mesh));
    map(Serving.DEPLOYMENT, Map.of());
  }

  private void map(String name, Map<String, String> data) {
    create(new ConfigMapBuilder().withNewMetadata().withNamespace(NAMESPACE).withName(name).endMetadata()
        .withData(data).build());
  }

  private void set(String name, Map<String, String> data) {
    client.configMaps().inNamespace(NAMESPACE).withName(name).edit((ConfigMap map) ->
        new ConfigMapBuilder(map).withData(data).build());
  }

  private List<String> events() {
    return client.resources(Event.class).inNamespace(NAMESPACE).list().getItems().stream()
        .map(event -> event.getInvolvedObject().getName() + " " + event.getType() + " " + event.getReason()).toList();
  }
}
