package dev.ebb.keda.loop;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Lays wanted fields over an object as it is. Fields that only the object has stay; lists are replaced as a whole,
 * since the order of their elements means something.
 */
final class Overlay {
  private final KubernetesSerialization serialization;

  Overlay(KubernetesSerialization serialization) {
    this.serialization = serialization;
  }

  /** The object with the wanted fields laid over it; its resource version stays, so that a stale write is refused. */
  <T> T onto(T current, T wanted, Class<T> type) {
    return serialization.convertValue(merge(tree(current), tree(wanted)), type);
  }

  /** Whether two objects say the same, number types and absent fields apart. */
  boolean same(Object one, Object other) {
    return Objects.equals(tree(one), tree(other));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> tree(Object object) {
    // By way of text, so that an int and a long of the same value are equal afterwards.
    return object == null ? Map.of() : serialization.unmarshal(serialization.asJson(object), Map.class);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> merge(Map<String, Object> current, Map<String, Object> wanted) {
    Map<String, Object> merged = new LinkedHashMap<>(current);
    wanted.forEach((key, value) -> {
      boolean both = value instanceof Map && current.get(key) instanceof Map;
      merged.put(key, both ? merge((Map<String, Object>) current.get(key), (Map<String, Object>) value) : value);
    });
    return merged;
  }
}
