package dev.ebb.kueue.api;

import dev.ebb.kueue.KueueNames;
import java.util.HashMap;
import java.util.Map;

/** Fields that {@code v1beta2} names or nests otherwise than {@code v1beta1} did, moved to where they are now. */
final class OlderShape {
  private OlderShape() {}

  /** Changes the object's own maps; one that is of the newer shape already stays as it is. */
  static Map<String, Object> mended(String kind, Map<String, Object> object) {
    Map<String, Object> spec = part(object, "spec");
    Map<String, Object> status = part(object, "status");
    switch (kind) {
      case "ClusterQueue" -> rename(spec, "cohort", "cohortName");
      case "Cohort" -> rename(spec, "parent", "parentName");
      case "LocalQueue" -> rename(status, "flavorUsage", "flavorsUsage");
      case "Workload" -> {
        nestPriorityClass(spec);
        rename(status, "accumulatedPastExexcutionTimeSeconds", "accumulatedPastExecutionTimeSeconds");
      }
      default -> { }
    }
    object.put("apiVersion", KueueNames.GROUP + "/" + KueueNames.VERSION);
    return object;
  }

  /** The class's name and, as one word, its group and kind were two fields side by side. */
  private static void nestPriorityClass(Map<String, Object> spec) {
    Object name = spec.remove("priorityClassName");
    Object source = spec.remove("priorityClassSource");
    if (name == null || name.equals("") || spec.containsKey("priorityClassRef")) {
      return;
    }
    boolean ofKueue = (KueueNames.GROUP + "/workloadpriorityclass").equals(source);
    spec.put("priorityClassRef", Map.of(
        "group", ofKueue ? KueueNames.GROUP : "scheduling.k8s.io",
        "kind", ofKueue ? "WorkloadPriorityClass" : "PriorityClass",
        "name", name));
  }

  private static void rename(Map<String, Object> fields, String from, String to) {
    if (fields.containsKey(from)) {
      Object value = fields.remove(from);
      fields.putIfAbsent(to, value);
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> part(Map<String, Object> object, String name) {
    // An absent part has nothing to mend: what is changed in this empty one is lost, and nothing is.
    return object.get(name) instanceof Map<?, ?> fields ? (Map<String, Object>) fields : new HashMap<>();
  }
}
