package dev.ebb.knative.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An object of the file with the schema's defaults. What is wrong was told before, so it reads as the default or as
 * nothing: the checks that follow can then look at all the rest.
 */
record Section(Value value, Schema schema) {

  Optional<String> optional(String key) {
    return scalar(key).map(Value::text);
  }

  /** The field, else the default, else the empty text. */
  String text(String key) {
    return optional(key).orElse(schema.field(key).get("default").asText(""));
  }

  int number(String key) {
    return optionalNumber(key).orElse(schema.field(key).get("default").asInt(0));
  }

  OptionalInt optionalNumber(String key) {
    try {
      return scalar(key).filter(found -> found.kind() == Value.Kind.INTEGER)
          .map(found -> OptionalInt.of(Integer.parseInt(found.text()))).orElse(OptionalInt.empty());
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  boolean flag(String key) {
    return Boolean.parseBoolean(text(key));
  }

  Quantity quantity(String key) {
    return new Quantity(text(key));
  }

  boolean has(String key) {
    return field(key).isPresent();
  }

  /** The object of that key; one of defaults alone where there is none. */
  Section section(String key) {
    return new Section(field(key).orElse(empty()), schema.field(key));
  }

  <T> Optional<T> optional(String key, Function<Section, T> read) {
    return has(key) ? Optional.of(read.apply(section(key))) : Optional.empty();
  }

  <T> List<T> list(String key, Function<Section, T> read) {
    return field(key).map(Value::items).orElse(List.of()).stream()
        .map(item -> read.apply(new Section(item, schema.field(key).items()))).toList();
  }

  /** Names and texts, in the order of the names. */
  Map<String, String> texts(String key) {
    Map<String, String> texts = new TreeMap<>();
    field(key).ifPresent(found -> found.fields().forEach((name, text) -> texts.put(name, text.text())));
    return java.util.Collections.unmodifiableMap(texts);
  }

  /** Names and amounts: first those that the schema names, then the others in the order of their names. */
  Map<String, Quantity> quantities(String key) {
    Map<String, String> given = texts(key);
    Map<String, Quantity> quantities = new LinkedHashMap<>();
    schema.field(key).keys().stream().filter(given::containsKey)
        .forEach(name -> quantities.put(name, new Quantity(given.get(name))));
    given.forEach((name, text) -> quantities.putIfAbsent(name, new Quantity(text)));
    return java.util.Collections.unmodifiableMap(quantities);
  }

  private Optional<Value> field(String key) {
    return Optional.ofNullable(value.fields().get(key)).filter(found -> found.kind() != Value.Kind.NULL);
  }

  private Optional<Value> scalar(String key) {
    return field(key).filter(found -> found.kind() != Value.Kind.OBJECT && found.kind() != Value.Kind.ARRAY);
  }

  private static Value empty() {
    return new Value(Value.Kind.OBJECT, "", Map.of(), List.of(), "", 1, 1);
  }
}
