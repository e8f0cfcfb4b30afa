package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ebb.knative.config.YamlFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The names that the modules beside this one read, as their sources have them: a rename there must not leave objects
 * that nobody understands.
 */
class NeighboursTest {
  private static final String RENDERED = Rendering.stream(Rendering.of(YamlFiles.full()));

  private static Set<String> found(String pattern) {
    Set<String> names = new TreeSet<>();
    Pattern.compile(pattern).matcher(RENDERED).results().map(MatchResult::group).forEach(names::add);
    assertFalse(names.isEmpty(), pattern);
    return names;
  }

  private static String source(String module, String file) throws Exception {
    return Files.readString(Path.of("..", module, "src/main/java/dev/ebb", module, file));
  }

  @Test
  void annotationsAreThoseOfTheAutoscaler() throws Exception {
    String annotations = source("keda", "setting/Annotations.java");
    for (String name : found("(?<=keda\\.ebb\\.dev/)[a-z-]+(?=:)")) {
      assertTrue(annotations.contains("PREFIX + \"" + name + "\""), name);
    }
    for (String name : found("autoscaling\\.knative\\.dev/[a-z-]+")) {
      assertTrue(annotations.contains("\"" + name + "\""), name);
    }
    assertTrue(annotations.contains("CLASS_NAME = \"keda.ebb.dev\""));
  }

  @Test
  void triggersHaveTheFieldsThatTheAutoscalerReads() throws Exception {
    String fields = source("keda", "setting/TriggerFields.java");
    FunctionPart decode = FunctionPart.all(YamlFiles.full()).getLast();
    JsonNode triggers = new ObjectMapper().readTree(Triggers.annotation(decode));
    assertEquals(List.of("external-push", "prometheus", "prometheus", "prometheus"),
        triggers.findValuesAsText("type"));
    for (JsonNode trigger : triggers) {
      trigger.fieldNames().forEachRemaining(name -> assertTrue(fields.contains("\"" + name + "\""), name));
    }
    assertEquals("{activator}", triggers.get(3).get("query").asText());
  }

  @Test
  void labelsAreThoseThatTheQueuesRead() throws Exception {
    String names = source("kueue", "KueueNames.java");
    for (String name : found("(?<=kueue\\.x-k8s\\.io)/(queue-name|priority-class)")) {
      assertTrue(names.contains("GROUP + \"" + name + "\""), name);
    }
    assertTrue(names.contains("APP_LABEL = \"app\"") && RENDERED.contains("\n        app: plain-decode\n"));
  }

  @Test
  void podsHaveTheLabelsThatRoutersLookFor() throws Exception {
    String facts = Files.readString(Path.of(
        "../router-fn/app/src/main/java/dev/ebb/router/app/cluster/PodFacts.java"));
    assertTrue(facts.contains("MODEL_LABEL = \"" + Labels.MODEL + "\""));
    assertTrue(facts.contains("PHASE_LABEL = \"" + Labels.PHASE + "\""));
    assertTrue(facts.contains("modelId.replaceAll(\"[._]\", \"-\")"), "as ModelSpec.slug");
  }

  @Test
  void theHeaderThatAsksAgainIsTheRouters() throws Exception {
    String header = "AGAIN_HEADER = \"x-ebb-again\"";
    assertTrue(Files.readString(Path.of("src/main/java/dev/ebb/cli/batch/BatchJob.java")).contains(header));
    assertTrue(Files.readString(Path.of("../functions/events/src/main/java/dev/ebb/events/EventTypes.java"))
        .contains(header));
  }

  @Test
  void theDemandSeriesIsTheRouters() throws Exception {
    String metrics = Files.readString(Path.of(
        "../router-fn/app/src/main/java/dev/ebb/router/app/metrics/RouterMetrics.java"));
    assertTrue(metrics.contains("\"ebb_demand\"") && RENDERED.contains("sum(ebb_demand{"));
    String functions = Files.readString(Path.of(
        "../functions/runtime/src/main/java/dev/ebb/runtime/metrics/MetricsRegistry.java"));
    assertTrue(functions.contains("\"model_name\"") && RENDERED.contains("model_name="));
  }
}
