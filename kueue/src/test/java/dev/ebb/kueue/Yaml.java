package dev.ebb.kueue;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;

/** Objects of tests, written as a cluster would show them. */
public final class Yaml {
  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Yaml() {}

  public static <T> T read(Class<T> type, String text) {
    return SERIALIZATION.unmarshal(text, type);
  }

  @SuppressWarnings("unchecked")
  public static Map<String, Object> fields(String text) {
    return SERIALIZATION.unmarshal(text, Map.class);
  }

  /** What a client sends for an object. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> sent(Object object) {
    return SERIALIZATION.unmarshal(SERIALIZATION.asJson(object), Map.class);
  }
}
