package dev.ebb.knative.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.knative.config.EbbYaml;
import dev.ebb.knative.config.YamlFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What holds of the pods of all objects of the full file, whoever makes them. */
class PodsTest {
  /** Templates of pods by the kind and name of the object that has them, and the place in it. */
  private static Map<String, Map<?, ?>> templates() {
    Map<String, Map<?, ?>> found = new LinkedHashMap<>();
    for (Object one : new Yaml().loadAll(Rendering.stream(Rendering.of(YamlFiles.full())))) {
      collect(at(one, "kind") + " " + at(one, "metadata/name"), one, found);
    }
    return found;
  }

  private static void collect(String name, Object value, Map<String, Map<?, ?>> found) {
    if (!(value instanceof Map<?, ?> fields)) {
      return;
    }
    if (fields.get("spec") instanceof Map<?, ?> spec && spec.containsKey("containers")) {
      found.put(name, fields);
    }
    fields.values().forEach(below -> collect(name, below, found));
  }

  private static Map<?, ?> pod(String name) {
    return (Map<?, ?>) templates().get(name).get("spec");
  }

  private static Object at(Object value, String path) {
    Object found = value;
    for (String key : path.split("/")) {
      found = found instanceof List<?> items ? items.get(Integer.parseInt(key)) : ((Map<?, ?>) found).get(key);
    }
    return found;
  }

  @Test
  void aRouterRunsWhereItsModelIs() {
    Map<?, ?> hub = pod("Deployment qwen3-0-6b-router");
    Map<?, ?> function = pod("Service qwen3-0-6b-decode");
    assertEquals(Map.of("zone", "b", "accelerator", "h100"), hub.get("nodeSelector"));
    assertEquals(function.get("nodeSelector"), hub.get("nodeSelector"));
    assertEquals(function.get("tolerations"), hub.get("tolerations"));
    assertNull(hub.get("runtimeClassName"), "it has no GPU");
  }

  @Test
  void whatIsInAnImageIsOnEveryNode() {
    Map<?, ?> pod = pod("Deployment tiny-model-router");
    assertTrue(pod.containsKey("volumes"), pod.toString());
    assertNull(pod.get("nodeSelector"));
  }

  /** Else a policy would forbid others something, or would not hold for one of Ebb's. */
  @Test
  void policiesChooseAllOfEbbsPodsAndNoOthers() {
    Map<String, Map<?, ?>> templates = templates();
    assertEquals(10, templates.size(), templates.keySet().toString());
    Map<?, ?> own = Map.of("app.kubernetes.io/name", "ebb", "app.kubernetes.io/instance", "lab");
    templates.forEach((name, template) ->
        assertTrue(((Map<?, ?>) at(template, "metadata/labels")).entrySet().containsAll(own.entrySet()), name));
    List<Object> selectors = new ArrayList<>();
    for (Object one : new Yaml().loadAll(Rendering.stream(Rendering.of(YamlFiles.full())))) {
      if (at(one, "kind").equals("NetworkPolicy")) {
        selectors(one, selectors);
      }
    }
    assertTrue(selectors.size() > 8, selectors.toString());
    for (Object selector : selectors) {
      assertTrue(((Map<?, ?>) at(selector, "matchLabels")).entrySet().containsAll(own.entrySet()), selector::toString);
    }
  }

  /** Of the pods that a policy is for, and of those that it lets in or out to. */
  private static void selectors(Object value, List<Object> found) {
    if (value instanceof Map<?, ?> fields) {
      fields.forEach((key, below) -> {
        if (key.equals("podSelector")) {
          found.add(below);
        }
        selectors(below, found);
      });
    } else if (value instanceof List<?> items) {
      items.forEach(item -> selectors(item, found));
    }
  }

  private static Object object(String kind, String name) {
    for (Object one : new Yaml().loadAll(Rendering.stream(Rendering.of(YamlFiles.full())))) {
      if (at(one, "kind").equals(kind) && at(one, "metadata/name").equals(name)) {
        return one;
      }
    }
    throw new AssertionError("no " + kind + " " + name);
  }

  @Test
  void aBatchEventOutlastsARolloutAndADrain() {
    Object job = at(object("JobSink", "ebb-batch-red"), "spec/job/spec");
    assertEquals(6, at(job, "backoffLimit"));
    assertEquals("Never", at(job, "template/spec/restartPolicy"), "or the API server refuses a policy of failures");
    assertEquals(Map.of("action", "Ignore", "onPodConditions",
        List.of(Map.of("type", "DisruptionTarget", "status", "True"))), at(job, "podFailurePolicy/rules/0"));
    assertEquals("FailJob", at(job, "podFailurePolicy/rules/1/action"));
  }

  @Test
  void theLogOfAPullThatFailedStays() {
    Object job = at(object("Job", "qwen3-0-6b-pull"), "spec");
    assertEquals("Never", at(job, "template/spec/restartPolicy"));
    assertEquals(6, at(job, "backoffLimit"));
  }

  @Test
  void replicasOfARouterAreSpreadOverNodes() throws Exception {
    Object spread = at(pod("Deployment plain-router"), "topologySpreadConstraints/0");
    assertEquals("kubernetes.io/hostname", at(spread, "topologyKey"));
    assertEquals("ScheduleAnyway", at(spread, "whenUnsatisfiable"));
    assertEquals(at(object("Deployment", "plain-router"), "spec/selector"), at(spread, "labelSelector"));
    assertFalse(Rendering.stream(Rendering.of(EbbYaml.read(YamlFiles.EXAMPLE))).contains("topologySpread"),
        "there is one");
  }
}
