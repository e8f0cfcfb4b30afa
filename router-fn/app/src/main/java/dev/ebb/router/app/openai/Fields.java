package dev.ebb.router.app.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ebb.router.request.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Typed access to the fields of one JSON object. A {@code null} counts as absent. Fields that were never asked for
 * are found by {@link #refuseOthers}.
 */
final class Fields {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final JsonNode object;
  private final String prefix;
  private final Set<String> known = new HashSet<>();

  private Fields(JsonNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  /**
   * Parses a body.
   *
   * @throws Refusal with line and column when it is no JSON, or no object
   */
  static Fields parse(byte[] body) {
    if (body == null || body.length == 0) {
      throw Refusal.invalid(null, "missing_body", "The request has no body; send a JSON object.");
    }
    try {
      return of(JSON.readTree(body));
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null
          ? ""
          : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
      String problem = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
      throw Refusal.invalid(null, "invalid_json", "The request body is not valid JSON" + place + ": " + problem);
    } catch (IOException e) {
      throw Refusal.invalid(null, "invalid_json", "The request body could not be read: " + e.getMessage());
    }
  }

  /** The fields of a parsed body. */
  static Fields of(JsonNode body) {
    if (body == null || !body.isObject()) {
      throw Refusal.invalid(null, "invalid_type", "The request body must be a JSON object, got " + kind(body) + ".");
    }
    return new Fields(body, "");
  }

  /** The value, when present and not null. */
  Optional<JsonNode> get(String name) {
    known.add(name);
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  boolean has(String name) {
    return get(name).isPresent();
  }

  Optional<String> text(String name) {
    return get(name).map(value -> {
      check(value.isTextual(), name, "a string", value);
      return value.textValue();
    });
  }

  Optional<Boolean> bool(String name) {
    return get(name).map(value -> {
      check(value.isBoolean(), name, "true or false", value);
      return value.booleanValue();
    });
  }

  boolean flag(String name, boolean otherwise) {
    return bool(name).orElse(otherwise);
  }

  Optional<Double> number(String name) {
    return get(name).map(value -> {
      check(value.isNumber(), name, "a number", value);
      return value.doubleValue();
    });
  }

  Optional<Integer> integer(String name) {
    return get(name).map(value -> integer(name, value));
  }

  Optional<Long> longInteger(String name) {
    return get(name).map(value -> {
      check(value.isIntegralNumber(), name, "a whole number", value);
      if (!value.canConvertToLong()) {
        throw wrong(name, "invalid_value", path(name) + " must fit into 64 bits, got " + value.asText() + ".");
      }
      return value.longValue();
    });
  }

  /** A list of whole numbers. */
  Optional<List<Integer>> integers(String name) {
    return get(name).map(value -> {
      check(value.isArray(), name, "a list of whole numbers", value);
      List<Integer> all = new ArrayList<>(value.size());
      for (JsonNode element : value) {
        all.add(integer(name + "[" + all.size() + "]", element));
      }
      return all;
    });
  }

  /** A nested object. */
  Optional<Fields> object(String name) {
    return get(name).map(value -> {
      check(value.isObject(), name, "an object", value);
      return new Fields(value, path(name) + ".");
    });
  }

  int integer(String name, JsonNode value) {
    check(value.isNumber(), name, "a whole number", value);
    double number = value.doubleValue();
    if (number != Math.rint(number)) {
      throw wrong(name, "invalid_type", path(name) + " must be a whole number, got " + value.asText() + ".");
    }
    if (Math.abs(number) > Integer.MAX_VALUE) {
      throw wrong(name, "invalid_value", path(name) + " is out of range: " + value.asText() + ".");
    }
    return (int) number;
  }

  void check(boolean valid, String name, String expected, JsonNode got) {
    if (!valid) {
      throw wrong(name, "invalid_type", path(name) + " must be " + expected + ", got " + kind(got) + ".");
    }
  }

  Refusal wrong(String name, String code, String message) {
    return Refusal.invalid(path(name), code, message);
  }

  Refusal missing(String name) {
    return wrong(name, "missing_required_parameter", path(name) + " is required.");
  }

  /** The object itself. */
  JsonNode node() {
    return object;
  }

  /**
   * Refuses every field that nobody asked for: a misspelt parameter must not pass unnoticed.
   *
   * @param ignored fields that may be there and change nothing
   */
  void refuseOthers(Set<String> ignored) {
    object.fieldNames().forEachRemaining(name -> {
      if (!known.contains(name) && !ignored.contains(name) && !object.get(name).isNull()) {
        throw wrong(name, "unknown_parameter", path(name) + " is not a parameter of this call.");
      }
    });
  }

  private String path(String name) {
    return prefix + name;
  }

  static String kind(JsonNode value) {
    if (value == null) {
      return "nothing";
    }
    return switch (value.getNodeType()) {
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case NULL, MISSING -> "nothing";
      default -> "something else";
    };
  }
}
