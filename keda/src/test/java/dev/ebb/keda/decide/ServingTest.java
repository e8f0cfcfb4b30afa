package dev.ebb.keda.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.keda.Fixtures;
import dev.ebb.keda.setting.Annotations;
import dev.ebb.keda.trigger.ActivatorSeries;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which Serving there is, how it is set, and what comes of it. */
class ServingTest {
  private static final String OLDER = "# This block is\n\n    metrics.backend-destination: prometheus\n";
  private static final String NEWER = "# It supports\n    metrics-protocol: http/protobuf\n";
  private static final Map<String, String> DISABLED = Map.of("mesh-compatibility-mode", "Disabled");
  private static final Map<String, String> ALWAYS = Map.of("pod-is-always-schedulable", "true");

  private final Map<String, String> annotations = Fixtures.annotations();

  private static ConfigMap map(String name, Map<String, String> data) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).addToLabels("app.kubernetes.io/version", "1.23.0")
        .endMetadata().withData(data).build();
  }

  private static Serving serving(Map<String, String> observability, Map<String, String> network,
      Map<String, String> deployment) {
    return Serving.of(Map.of(Serving.OBSERVABILITY, map(Serving.OBSERVABILITY, observability), Serving.NETWORK,
        map(Serving.NETWORK, network), Serving.DEPLOYMENT, map(Serving.DEPLOYMENT, deployment)), Map.of());
  }

  private static List<String> reasons(Serving serving) {
    return serving.concerns().stream().map(concern -> concern.notice().reason()).toList();
  }

  @Test
  void theSettingsThatAVersionKnowsTellItsSeries() {
    assertEquals(new Serving("1.23.0", ActivatorSeries.CONCURRENCY, List.of()),
        serving(Map.of("_example", OLDER), DISABLED, Map.of()));
    assertEquals(new Serving("1.23.0", ActivatorSeries.QUEUED, List.of()),
        serving(Map.of("_example", NEWER, "metrics-protocol", "prometheus"), DISABLED, ALWAYS));
    Map<String, String> leftFromBefore =
        Map.of("_example", NEWER, "metrics.backend-destination", "prometheus", "metrics-protocol", "prometheus");
    assertEquals(ActivatorSeries.QUEUED, serving(leftFromBefore, DISABLED, ALWAYS).activator());
  }

  @Test
  void withoutExamplesTheKeysThatAreSetTell() {
    assertEquals(ActivatorSeries.QUEUED,
        serving(Map.of("metrics-protocol", "prometheus"), DISABLED, ALWAYS).activator());
    assertEquals(ActivatorSeries.CONCURRENCY,
        serving(Map.of("metrics.backend-destination", "none"), DISABLED, Map.of()).activator());
    assertEquals(ActivatorSeries.EITHER, serving(Map.of(), DISABLED, Map.of()).activator());
  }

  @Test
  void whatDoesNotSuitIsNamedWithItsMend() {
    Serving newer = serving(Map.of("_example", NEWER), Map.of(), Map.of());
    assertEquals(List.of("ActivatorMetricsOff", "MeshCompatibility", "PodsMayBeUnschedulable"), reasons(newer));
    String metrics = newer.concerns().getFirst().notice().message();
    assertTrue(metrics.contains("metrics-protocol none") && metrics.endsWith("set it to prometheus"), metrics);
    assertEquals(List.of("ActivatorMetricsOff"), reasons(
        serving(Map.of("_example", OLDER, "metrics.backend-destination", "none"), DISABLED, Map.of())));
    assertEquals(List.of("MeshCompatibility"),
        reasons(serving(Map.of("_example", OLDER), Map.of("mesh-compatibility-mode", "enabled"), Map.of())));
  }

  @Test
  void whatCannotBeReadIsSaidAndNothingIsGuessed() {
    Serving none = Serving.of(Map.of(), Map.of(Serving.NETWORK, "configmaps is forbidden"));
    assertEquals(ActivatorSeries.EITHER, none.activator());
    assertEquals(List.of("ServingUnknown", "ServingUnknown", "ServingUnknown"), reasons(none));
    assertTrue(none.concerns().get(1).notice().message().endsWith("config-network of Knative Serving was not read: "
        + "configmaps is forbidden"));
    assertEquals("ServingSuited Unknown ServingUnknown", suited(none).substring(0, 36));
  }

  @Test
  void whatTheActivatorHoldsIsAskedForAsThisServingNamesIt() {
    asksTheActivator();
    assertEquals("sum(activator_request_concurrency{namespace_name=\"ns\",revision_name=\"rev-1\"}) or "
        + "sum(kn_revision_request_queued{k8s_namespace_name=\"ns\",kn_revision_name=\"rev-1\"})",
        query(Fixtures.SUITED));
    assertEquals("sum(kn_revision_request_queued{k8s_namespace_name=\"ns\",kn_revision_name=\"rev-1\"})",
        query(new Serving("", ActivatorSeries.QUEUED, List.of())));
  }

  @Test
  void aRevisionTellsWhatConcernsItAndIsReadyAllTheSame() {
    Serving serving = serving(Map.of("_example", NEWER), Map.of(), Map.of());
    String mesh = suited(serving);
    assertTrue(mesh.startsWith("ServingSuited False MeshCompatibility config-network has"), mesh);
    assertTrue(mesh.endsWith(" Info") && !mesh.contains("metrics-protocol") && !mesh.contains("schedulable"), mesh);
    assertTrue(Conditions.isTrue(decide(serving).status().getConditions(), Conditions.READY));
    asksTheActivator();
    String both = suited(serving);
    assertTrue(both.startsWith("ServingSuited False ActivatorMetricsOff") && both.contains("; config-network"), both);
    assertEquals("", suited(Fixtures.SUITED));
  }

  private void asksTheActivator() {
    annotations.put(Annotations.TRIGGERS, "[{type: prometheus, serverAddress: 'http://prom', query: '{activator}', "
        + "threshold: 1, ignoreNullValues: true}]");
  }

  private Decision decide(Serving serving) {
    return Decide.on(new Observed(Fixtures.podAutoscaler(annotations),
        Optional.of(Fixtures.serverlessService("True", 1, 1)), Optional.of(Fixtures.deployment(1, 1)),
        Optional.empty(), RoutingState.ACTIVE, false, serving, Instant.EPOCH));
  }

  private String query(Serving serving) {
    Scaling.Wanted wanted = assertInstanceOf(Scaling.Wanted.class, decide(serving).scaling());
    return wanted.scaledObject().getSpec().triggers.getFirst().metadata.get("query");
  }

  private String suited(Serving serving) {
    return Conditions.find(decide(serving).status().getConditions(), Conditions.SERVING_SUITED)
        .map(it -> String.join(" ", it.getType(), it.getStatus(), it.getReason(), it.getMessage(), it.getSeverity()))
        .orElse("");
  }
}
