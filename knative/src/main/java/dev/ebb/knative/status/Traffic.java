package dev.ebb.knative.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Shares of a Knative service's traffic. */
final class Traffic {
  private Traffic() {}

  /** Percent by revision, as the service's status tells it. */
  static Map<String, Integer> of(GenericKubernetesResource service) {
    Map<String, Integer> shares = new HashMap<>();
    Object status = service.getAdditionalProperties().get("status");
    if (status instanceof Map<?, ?> map && map.get("traffic") instanceof List<?> targets) {
      for (Object target : targets) {
        if (target instanceof Map<?, ?> one && one.get("revisionName") instanceof String revision
            && one.get("percent") instanceof Number percent) {
          shares.merge(revision, percent.intValue(), Integer::sum);
        }
      }
    }
    return shares;
  }
}
