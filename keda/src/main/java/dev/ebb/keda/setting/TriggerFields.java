package dev.ebb.keda.setting;

import dev.ebb.keda.trigger.Nearest;
import dev.ebb.keda.trigger.PrometheusTrigger;
import dev.ebb.keda.trigger.PushTrigger;
import dev.ebb.keda.trigger.Trigger;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The fields of one trigger, taken out with their types checked. */
final class TriggerFields {
  private static final Set<String> PUSH = Set.of("type", "scalerAddress", "metadata");
  private static final Set<String> PROMETHEUS = Set.of("type", "serverAddress", "query", "threshold",
      "activationThreshold", "ignoreNullValues", "name", "authentication", "authModes");

  private final String path;
  private final Map<?, ?> fields;
  private final List<Problem> problems;

  TriggerFields(String path, Map<?, ?> fields, List<Problem> problems) {
    this.path = path;
    this.fields = fields;
    this.problems = problems;
  }

  /**
   * The trigger of a known type; meaningless where problems were added meanwhile.
   *
   * @throws IllegalArgumentException where the trigger itself refuses a value
   */
  Trigger trigger(String type) {
    boolean prometheus = type.equals("prometheus");
    refuseUnknown(prometheus ? PROMETHEUS : PUSH, prometheus ? PUSH : PROMETHEUS);
    return type.equals("prometheus") ? prometheus() : new PushTrigger(text("scalerAddress"), metadata());
  }

  private Trigger prometheus() {
    return new PrometheusTrigger(text("serverAddress"), text("query"), number("threshold", null),
        number("activationThreshold", BigDecimal.ZERO), truth("ignoreNullValues"), optional("name"),
        optional("authentication"), optional("authModes"));
  }

  private void refuseUnknown(Set<String> known, Set<String> others) {
    for (Object key : new TreeSet<>(fields.keySet().stream().map(String::valueOf).toList())) {
      if (!known.contains(key)) {
        refuse((String) key, fields.get(key), "is not a field of this trigger; " + (others.contains(key)
            ? "take it out: only triggers of another type have it"
            : "did you mean " + Nearest.of((String) key, known) + "?"));
      }
    }
  }

  private String text(String field) {
    Object value = fields.get(field);
    if (value == null) {
      refuse(field, "", "is missing; " + field + " must be given");
    } else if (!(value instanceof String)) {
      refuse(field, value, "is not a text; put it in quotes");
    }
    return String.valueOf(value);
  }

  private Optional<String> optional(String field) {
    return fields.containsKey(field) ? Optional.of(text(field)) : Optional.empty();
  }

  private BigDecimal number(String field, BigDecimal otherwise) {
    Object value = fields.get(field);
    if (value == null && otherwise == null) {
      refuse(field, "", "is missing; give the demand that one replica carries, above 0");
    }
    if (value == null) {
      return otherwise == null ? BigDecimal.ONE : otherwise;
    }
    try {
      return new BigDecimal(value.toString());
    } catch (NumberFormatException e) {
      refuse(field, value, "is not a number; give a plain one without a unit");
      return BigDecimal.ONE;
    }
  }

  private boolean truth(String field) {
    String value = String.valueOf(fields.containsKey(field) ? fields.get(field) : "false");
    if (!value.equals("true") && !value.equals("false")) {
      refuse(field, value, "is neither true nor false");
    }
    return value.equals("true");
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    if (fields.get("metadata") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> metadata.put(String.valueOf(key), String.valueOf(value)));
    } else if (fields.containsKey("metadata")) {
      refuse("metadata", fields.get("metadata"), "is not a set of keys and values");
    }
    return metadata;
  }

  private void refuse(String field, Object value, String mend) {
    problems.add(new Problem(Annotations.TRIGGERS, path + "." + field, String.valueOf(value), mend));
  }
}
