package dev.ebb.knative.config;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A value of the file and its place, which for a field is that of its key.
 *
 * @param text of a scalar, else empty
 * @param fields of an object, in the file's order, else empty
 * @param items of an array, else empty
 */
record Value(Kind kind, String text, Map<String, Value> fields, List<Value> items, String path, int line,
    int column) {

  /** What a value is, in JSON's terms. */
  enum Kind {
    STRING("text"), INTEGER("a whole number"), NUMBER("a number"), BOOLEAN("true or false"), NULL("nothing"),
    OBJECT("a mapping"), ARRAY("a list");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /** The path of a field, whether it is there or not. */
  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** This value and all below it. */
  void walk(Consumer<Value> visitor) {
    visitor.accept(this);
    fields.values().forEach(field -> field.walk(visitor));
    items.forEach(item -> item.walk(visitor));
  }
}
