package dev.ebb.keda.decide;

import dev.ebb.keda.resource.ScaledObjectSpec;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What KEDA 2.20's executor and the HPA that it keeps do with a ScaledObject of one Prometheus trigger, told from its
 * fields alone. HPA's tolerance and windows, which only damp, are 0, and it follows each poll at once.
 */
final class KedaModel {
  private final ScaledObjectSpec spec;
  private final double threshold;
  private final double activationThreshold;
  private int replicas;
  private Instant lastActive;

  KedaModel(ScaledObjectSpec spec) {
    this.spec = spec;
    Map<String, String> metadata = spec.triggers.getFirst().metadata;
    threshold = Double.parseDouble(metadata.get("threshold"));
    activationThreshold = Double.parseDouble(metadata.get("activationThreshold"));
  }

  /** One look at the metric, empty for an error; the replicas after it. */
  int poll(OptionalDouble value, Instant now) {
    if (value.isEmpty()) {
      // Without a fallback KEDA leaves a target with a failing trigger alone; HPA does so without a metric.
      replicas = Math.max(replicas, spec.minReplicaCount);
      return replicas;
    }
    if (value.getAsDouble() > activationThreshold) {
      lastActive = now;
      replicas = replicas == 0 ? Math.max(1, spec.minReplicaCount) : replicas;
    } else if (replicas > 0 && spec.minReplicaCount == 0) {
      // The clock is read a moment after the poll, so that a cooldown that ends now is over.
      boolean cool = lastActive == null
          || lastActive.plusSeconds(spec.cooldownPeriod).isBefore(now.plusNanos(1));
      replicas = cool ? 0 : replicas;
    } else if (replicas < spec.minReplicaCount) {
      replicas = spec.minReplicaCount;
    }
    replicas = replicas == 0 ? 0 : horizontal(value.getAsDouble());
    return replicas;
  }

  /** HPA works only from one replica up. */
  private int horizontal(double value) {
    int wanted = (int) Math.ceil(value / threshold);
    return Math.min(spec.maxReplicaCount, Math.max(wanted, Math.max(1, spec.minReplicaCount)));
  }
}
