package dev.ebb.knative.render;

import dev.ebb.knative.config.PhaseSpec;
import dev.ebb.knative.config.Quantity;
import dev.ebb.knative.config.QuotaSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;

/** How many pods the flavors of a queue hold, if nothing else is in it; a pod takes all of one flavor. */
final class QuotaRoom {
  private QuotaRoom() {}

  /** Pods of one phase. */
  static int pods(QuotaSpec.Queue queue, PhaseSpec phase) {
    return queue.flavors().stream().mapToInt(share -> pods(share, phase)).sum();
  }

  private static int pods(QuotaSpec.Share share, PhaseSpec phase) {
    return phase.pod().entrySet().stream()
        .filter(need -> need.getValue().signum() > 0)
        .map(need -> nominal(share, need.getKey()).divide(need.getValue(), 0, RoundingMode.DOWN))
        .min(BigDecimal::compareTo).orElse(BigDecimal.ZERO).intValue();
  }

  /** Whether a pod of each fits at once, in one flavor or in two. */
  static boolean both(QuotaSpec.Queue queue, PhaseSpec one, PhaseSpec other) {
    return queue.flavors().stream().filter(share -> pods(share, one) > 0).anyMatch(first ->
        queue.flavors().stream().anyMatch(share -> share == first ? together(share, one, other)
            : pods(share, other) > 0));
  }

  private static boolean together(QuotaSpec.Share share, PhaseSpec one, PhaseSpec other) {
    Map<String, BigDecimal> further = other.pod();
    return pods(share, other) > 0 && one.pod().entrySet().stream().allMatch(need -> need.getValue()
        .add(further.getOrDefault(need.getKey(), BigDecimal.ZERO)).compareTo(nominal(share, need.getKey())) <= 0);
  }

  private static BigDecimal nominal(QuotaSpec.Share share, String resource) {
    return Optional.ofNullable(share.nominal().get(resource)).map(Quantity::value).orElse(BigDecimal.ZERO);
  }
}
