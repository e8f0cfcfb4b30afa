package dev.ebb.knative.config;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Prefill or decode of a model.
 *
 * @param min replicas that always run
 * @param max replicas at most
 * @param threshold requests that one replica carries
 * @param idleSeconds time without demand after which the last replica stops
 * @param startSeconds time for quota, pull and load before a first start counts as failed
 * @param timeoutSeconds longest answer
 * @param drainSeconds time that running requests get when a replica stops
 */
public record PhaseSpec(Mode mode, int min, int max, Gpus gpus, Resources resources, Engine engine,
    BigDecimal threshold, int idleSeconds, int startSeconds, int timeoutSeconds, int drainSeconds) {

  /** What one pod asks for by resource, queue-proxy included, which stands beside a Knative service. */
  public Map<String, BigDecimal> pod() {
    Map<String, BigDecimal> pod = new LinkedHashMap<>();
    BigDecimal proxies = BigDecimal.valueOf(mode == Mode.KNATIVE ? 1 : 0);
    pod.put("cpu", resources.cpu().value().add(proxies.multiply(Resources.QUEUE_PROXY.cpu().value())));
    pod.put("memory", resources.memory().value().add(proxies.multiply(Resources.QUEUE_PROXY.memory().value())));
    if (gpus.count() > 0) {
      pod.put(gpus.resource(), BigDecimal.valueOf(gpus.count()));
    }
    return pod;
  }

  /** What a phase is on the cluster. */
  public enum Mode { KNATIVE, DEPLOYMENT }

  /** Devices of one replica; {@code count} 0 means none. */
  public record Gpus(String resource, int count) {}

  /**
   * Limits of the engine; what is empty is left to its defaults.
   *
   * @param stepSeconds longest time of a step
   */
  public record Engine(OptionalInt threads, int sequences, int tokenBudget, OptionalInt chunkTokens,
      int stepSeconds) {}
}
