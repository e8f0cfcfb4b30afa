package dev.ebb.keda.setting;

import dev.ebb.keda.trigger.Names;
import dev.ebb.keda.trigger.Nearest;
import dev.ebb.keda.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the list of triggers, YAML or JSON. */
final class TriggerReader {
  private static final Set<String> TYPES = Set.of("external-push", "prometheus");

  private final Names names;
  private final List<Problem> problems;

  private TriggerReader(Names names, List<Problem> problems) {
    this.names = names;
    this.problems = problems;
  }

  /** The triggers that can stand; what is wrong with the others is added to {@code problems}. */
  static List<Trigger> read(String text, Names names, List<Problem> problems) {
    return new TriggerReader(names, problems).read(text);
  }

  private List<Trigger> read(String text) {
    if (text == null || text.isBlank()) {
      refuse("", text == null ? "not set" : text,
          "without a trigger nothing could wake; give a list such as "
              + "[{type: external-push, scalerAddress: \"router.ebb.svc:9190\"}]");
      return List.of();
    }
    List<Trigger> triggers = new ArrayList<>();
    if (parse(text) instanceof List<?> entries && !entries.isEmpty()) {
      for (int i = 0; i < entries.size(); i++) {
        addTo(triggers, "[" + i + "]", entries.get(i));
      }
    } else if (problems.stream().noneMatch(problem -> problem.annotation().equals(Annotations.TRIGGERS))) {
      refuse("", text, "is not a list with at least one trigger; begin each with '- type:'");
    }
    return triggers;
  }

  private Object parse(String text) {
    try {
      return TriggerText.parse(text);
    } catch (IllegalArgumentException e) {
      refuse("", "", e.getMessage());
      return null;
    }
  }

  private void addTo(List<Trigger> triggers, String path, Object entry) {
    if (!(entry instanceof Map<?, ?> fields)) {
      refuse(path, String.valueOf(entry), "is not a trigger; give keys and values, at least 'type'");
      return;
    }
    TriggerFields reader = new TriggerFields(path, fields, problems);
    String type = String.valueOf(fields.get("type"));
    if (!TYPES.contains(type)) {
      refuse(path + ".type", type, fields.containsKey("type")
          ? "is not a trigger's type; did you mean " + Nearest.of(type, TYPES) + "?"
          : "is missing; give one of external-push, prometheus");
      return;
    }
    int before = problems.size();
    try {
      Trigger trigger = reader.trigger(type);
      if (problems.size() == before) {
        trigger.render(names);
        triggers.add(trigger);
      }
    } catch (IllegalArgumentException e) {
      if (problems.size() == before) {
        refuse(path, "", e.getMessage());
      }
    }
  }

  private void refuse(String path, String value, String mend) {
    problems.add(new Problem(Annotations.TRIGGERS, path, value, mend));
  }
}
