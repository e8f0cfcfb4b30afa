package dev.ebb.router.app.cluster;

import dev.ebb.kueue.admission.Admission;
import dev.ebb.kueue.quota.Amounts;
import dev.ebb.router.quota.QuotaWait;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Map;

/** Kueue's view of a pod in the router's own words. */
final class Shortage {
  private static final String GPU_SUFFIX = "/gpu";

  private Shortage() {}

  /** The place of a pod that waits. */
  static QuotaWait wait(Admission admission, String queue) {
    return new QuotaWait(admission.place().map(Admission.Place::position).orElse(0), queue,
        admission.clusterQueue().orElse(""), lack(admission), admission.cause().lasting());
  }

  /** The resource that is short, a GPU before others; empty where the queue has enough and others come first. */
  private static String lack(Admission admission) {
    return admission.left().entrySet().stream()
        .map(left -> Map.entry(left.getKey(), missing(admission.needs().get(left.getKey()), left.getValue())))
        .filter(entry -> entry.getValue().signum() > 0)
        .min(Comparator.<Map.Entry<String, BigDecimal>, Boolean>comparing(one -> !one.getKey().endsWith(GPU_SUFFIX))
            .thenComparing(Map.Entry::getKey))
        .map(entry -> text(entry.getKey(), entry.getValue())).orElse("");
  }

  private static BigDecimal missing(Quantity needs, Quantity left) {
    return Amounts.of(needs).subtract(Amounts.of(left));
  }

  private static String text(String resource, BigDecimal missing) {
    if (!resource.endsWith(GPU_SUFFIX)) {
      return resource + " short";
    }
    String number = missing.stripTrailingZeros().toPlainString();
    return number + (number.equals("1") ? " GPU short" : " GPUs short");
  }
}
