package dev.ebb.kueue.quota;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;

/** Kubernetes' quantities as exact numbers in the resource's base unit, and back. */
public final class Amounts {
  private Amounts() {}

  /** The number; 0 for null. */
  public static BigDecimal of(Quantity quantity) {
    return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
  }

  /** The quantity without a suffix: {@code 0.5}, {@code 2}, {@code 1073741824}. */
  public static Quantity quantity(BigDecimal number) {
    return new Quantity(number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
  }
}
