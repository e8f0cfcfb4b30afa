package dev.ebb.knative.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.knative.word.Nearest;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Holds a file against the schema: the keywords that the schema uses, each with a message of its own. */
final class SchemaCheck {
  private final List<Problem> problems;
  private final Set<String> told = new HashSet<>();

  /** What is in {@code problems} already is not looked at again. */
  SchemaCheck(List<Problem> problems) {
    this.problems = problems;
    problems.forEach(problem -> told.add(problem.path()));
  }

  void check(Value value, Schema schema) {
    if (told.contains(value.path()) || !hasType(value, schema)) {
      return;
    }
    switch (value.kind()) {
      case OBJECT -> object(value, schema);
      case ARRAY -> array(value, schema);
      case INTEGER, NUMBER -> {
        if (inRange(value, schema)) {
          text(value, schema);
        }
      }
      default -> text(value, schema);
    }
  }

  private boolean hasType(Value value, Schema schema) {
    List<String> types = schema.texts("type");
    Set<String> fitting = switch (value.kind()) {
      case INTEGER -> Set.of("integer", "number");
      default -> Set.of(value.kind().name().toLowerCase(Locale.ROOT));
    };
    if (types.isEmpty() || types.stream().anyMatch(fitting::contains)) {
      return true;
    }
    String wanted = Value.Kind.valueOf(types.getFirst().toUpperCase(Locale.ROOT)).words;
    if (value.kind() == Value.Kind.NULL) {
      report(value, "has no value", "write " + wanted + ", or take the key out");
    } else if (types.getFirst().equals("string") && value.fields().isEmpty() && value.items().isEmpty()) {
      String mend = schema.get("x-mend").asText("put quotes around it");
      report(value, "is " + value.kind().words + ", " + value.text() + ", where text is asked for", mend);
    } else {
      report(value, "is " + value.kind().words + ", not " + wanted, "write " + wanted + meaning(schema));
    }
    return false;
  }

  private void object(Value value, Schema schema) {
    JsonNode names = schema.get("propertyNames");
    value.fields().forEach((key, field) -> {
      Schema known = schema.field(key);
      if (!key.matches(names.path("pattern").asText(".*"))) {
        report(field, "is no name that may stand here", names.path("x-mend").asText());
      } else if (known.isMissing()) {
        String open = schema.get("patternProperties").isEmpty() ? "" : " Devices have names such as nvidia.com/gpu.";
        report(field, "is not known here", Nearest.hint(key, schema.keys()) + open);
      } else {
        check(field, known);
      }
    });
    schema.texts("required").forEach(key -> require(value, schema, key));
    for (Map.Entry<String, JsonNode> needed : schema.get("dependentRequired").properties()) {
      if (value.fields().containsKey(needed.getKey())) {
        needed.getValue().forEach(key -> require(value, schema, key.asText()));
      }
    }
    oneOf(value, schema);
  }

  private void require(Value value, Schema schema, String key) {
    if (!value.fields().containsKey(key)) {
      problems.add(new Problem(value.path(key), value.line(), value.column(), "is missing",
          "add " + key + meaning(schema.field(key))));
    }
  }

  /** The schema's choices are all of one form: exactly one of these keys. */
  private void oneOf(Value value, Schema schema) {
    List<String> keys = new ArrayList<>();
    schema.get("oneOf").forEach(choice -> keys.add(choice.path("required").path(0).asText()));
    List<String> given = keys.stream().filter(value.fields()::containsKey).toList();
    if (!keys.isEmpty() && given.isEmpty()) {
      report(value, "is missing its choice", "give one of " + String.join(", ", keys));
    } else if (given.size() > 1) {
      report(value, "has " + String.join(" and ", given) + ", which exclude each other", "keep one of them");
    }
  }

  private void array(Value value, Schema schema) {
    if (value.items().size() < schema.get("minItems").asInt(0)) {
      report(value, "is an empty list", "give at least one" + meaning(schema) + ", or take the key out");
    }
    value.items().forEach(item -> check(item, schema.items()));
  }

  private boolean inRange(Value value, Schema schema) {
    BigDecimal number = new BigDecimal(value.text());
    JsonNode least = schema.get("minimum");
    JsonNode above = schema.get("exclusiveMinimum");
    JsonNode most = schema.get("maximum");
    if (least.isNumber() && number.compareTo(least.decimalValue()) < 0) {
      report(value, "is " + value.text(), "write " + least.asText() + " or more" + meaning(schema));
    } else if (above.isNumber() && number.compareTo(above.decimalValue()) <= 0) {
      report(value, "is " + value.text(), "write more than " + above.asText() + meaning(schema));
    } else if (most.isNumber() && number.compareTo(most.decimalValue()) > 0) {
      report(value, "is " + value.text(), "write " + most.asText() + " or less" + meaning(schema));
    } else {
      return true;
    }
    return false;
  }

  private void text(Value value, Schema schema) {
    List<String> choices = schema.texts("enum");
    String pattern = schema.get("pattern").asText(".*");
    if (!choices.isEmpty() && !choices.contains(value.text())) {
      report(value, "is '" + shown(value) + "'", "known are " + String.join(", ", choices)
          + Nearest.of(value.text(), choices).map(nearest -> "; did you mean " + nearest + "?").orElse(""));
    } else if (value.kind() == Value.Kind.STRING && value.text().length() < schema.get("minLength").asInt(0)) {
      report(value, "is empty", "write" + meaning(schema).replace(":", "") + " or take the key out");
    } else if (!value.text().matches(pattern)) {
      report(value, "is '" + shown(value) + "'", schema.get("x-mend").asText());
    }
  }

  /** A value as a message may show it: without the user, the password and the query that a URL may have. */
  private static String shown(Value value) {
    return value.text().replaceAll("://.*@", "://...@").replaceAll("(://[^?]*\\?).*", "$1...");
  }

  private static String meaning(Schema schema) {
    String text = schema.get("description").asText("").replaceFirst("\\.$", "");
    return text.isEmpty() ? "" : ": " + text;
  }

  private void report(Value value, String what, String mend) {
    problems.add(new Problem(value.path(), value.line(), value.column(), what, mend));
  }
}
