package dev.ebb.knative.deploy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads objects that have no class of their own: maps in maps. */
final class Tree {
  private Tree() {}

  /** A map of a map; empty where it is not there. */
  static Map<String, Object> map(Map<String, Object> of, String key) {
    return asMap(of.get(key));
  }

  /** A list of maps; empty where it is not there. */
  static List<Map<String, Object>> list(Map<String, Object> of, String key) {
    return of.get(key) instanceof List<?> items ? items.stream().map(Tree::asMap).toList() : List.of();
  }

  static String text(Map<String, Object> of, String key) {
    return of.get(key) == null ? "" : of.get(key).toString();
  }

  static long number(Map<String, Object> of, String key) {
    return of.get(key) instanceof Number number ? number.longValue() : 0;
  }

  /** A condition of a status. */
  static Optional<Map<String, Object>> condition(Map<String, Object> status, String type) {
    return list(status, "conditions").stream().filter(condition -> type.equals(condition.get("type"))).findFirst();
  }

  static boolean isTrue(Map<String, Object> status, String type) {
    return condition(status, type).filter(condition -> "True".equals(condition.get("status"))).isPresent();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
