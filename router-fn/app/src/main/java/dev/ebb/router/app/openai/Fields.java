package dev.ebb.router.app.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.events.EventJson;
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
   * @throws Refusal with line and column when it is no JSON; when it is no object, or too much
   */
  static Fields parse(byte[] body) {
    if (body == null || body.length == 0) {
      throw Refusal.invalid(null, "missing_body", "The request has no body; send a JSON object.");
    }
    try {
      return of(CallersJson.MAPPER.readTree(body));
    } catch (JsonProcessingException e) {
      throw CallersJson.tooMany(e).orElseGet(() -> notJson(e));
    } catch (IOException e) {
      throw Refusal.invalid(null, "invalid_json", "The request body could not be read: " + e.getMessage());
    }
  }

  private static Refusal notJson(JsonProcessingException e) {
    String place = e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
    return Refusal.invalid(null, "invalid_json",
        "The request body is not valid JSON" + place + ": " + EventJson.problem(e));
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
      return characters(name, value);
    });
  }

  /**
   * The text of a string.
   *
   * @throws Refusal when half a surrogate pair is in it, which is no character and has no UTF-8
   */
  String characters(String name, JsonNode text) {
    String value = text.textValue();
    if (value.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw wrong(name, "invalid_value", path(name) + " holds half a surrogate pair (\\ud800 to \\udfff), which is no"
          + " character; send both halves or none.");
    }
    return value;
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
      if (Float.isInfinite(value.floatValue())) {
        throw outOfRange(name, value);
      }
      return value.doubleValue();
    });
  }

  Optional<Integer> integer(String name) {
    return get(name).map(value -> integer(name, value));
  }

  Optional<Long> longInteger(String name) {
    return get(name).map(value -> {
      checkWhole(name, value);
      if (value.isIntegralNumber() ? !value.canConvertToLong() : Math.abs(value.doubleValue()) >= 0x1p63) {
        throw wrong(name, "invalid_value", path(name) + " must fit into 64 bits, got " + written(value) + ".");
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
    checkWhole(name, value);
    if (Math.abs(value.doubleValue()) > Integer.MAX_VALUE) {
      throw outOfRange(name, value);
    }
    return (int) value.doubleValue();
  }

  /** 2.0 is whole too, as some clients write all numbers so. */
  private void checkWhole(String name, JsonNode value) {
    check(value.isNumber(), name, "a whole number", value);
    if (value.doubleValue() != Math.rint(value.doubleValue())) {
      throw wrong(name, "invalid_type", path(name) + " must be a whole number, got " + value.asText() + ".");
    }
  }

  Refusal outOfRange(String name, JsonNode value) {
    return wrong(name, "invalid_value", path(name) + " is out of range: " + written(value) + ".");
  }

  private static String written(JsonNode number) {
    return Double.isInfinite(number.doubleValue()) ? "a number beyond 1e308" : number.asText();
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
