package dev.ebb.knative.config;

import java.util.List;
import java.util.Map;

/** What the pods of a queue may use together. */
public record QuotaSpec(List<Flavor> flavors, List<Queue> queues, List<Priority> priorities) {

  /** A kind of nodes. */
  public record Flavor(String name, Map<String, String> nodeLabels, List<Toleration> tolerations) {}

  /**
   * A queue.
   *
   * @param preempts whether a higher priority takes the place of a lower one
   */
  public record Queue(String name, boolean preempts, List<Share> flavors) {}

  /**
   * A queue's quota of one flavor.
   *
   * @param nominal amounts by resource: {@code cpu}, {@code memory}, then devices by name
   */
  public record Share(String flavor, Map<String, Quantity> nominal) {}

  /** A priority; the higher value goes first. */
  public record Priority(String name, int value) {}
}
