package dev.ebb.knative.render;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Fields of an object in the order in which they are given, which is the order in which they are written. */
final class Fields extends LinkedHashMap<String, Object> {
  private static final long serialVersionUID = 1L;

  static Fields of(String key, Object value) {
    return new Fields().and(key, value);
  }

  Fields and(String key, Object value) {
    put(key, value);
    return this;
  }

  /** Adds what there is: no empty map or list, no empty optional. */
  Fields andAny(String key, Object value) {
    boolean empty = switch (value) {
      case Map<?, ?> map -> map.isEmpty();
      case Collection<?> items -> items.isEmpty();
      case Optional<?> optional -> optional.isEmpty();
      default -> false;
    };
    return empty ? this : and(key, value instanceof Optional<?> optional ? optional.orElseThrow() : value);
  }

  Fields andAll(Map<String, ?> others) {
    putAll(others);
    return this;
  }
}
