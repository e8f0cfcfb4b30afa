package dev.ebb.knative.config;

import java.math.BigDecimal;
import java.util.Map;

/**
 * An amount as Kubernetes writes it, for example {@code 500m} or {@code 2Gi}.
 *
 * @param text as in the file
 */
public record Quantity(String text) {
  private static final Map<String, BigDecimal> UNITS = Map.of("", BigDecimal.ONE, "m", new BigDecimal("0.001"),
      "k", power(1000, 1), "M", power(1000, 2), "G", power(1000, 3), "T", power(1000, 4),
      "Ki", power(1024, 1), "Mi", power(1024, 2), "Gi", power(1024, 3), "Ti", power(1024, 4));

  /** The amount without its unit's prefix: cores, bytes or devices; 0 for what is no quantity. */
  public BigDecimal value() {
    String unit = text.replaceFirst("^[0-9]+(\\.[0-9]+)?", "");
    String number = text.substring(0, text.length() - unit.length());
    boolean none = number.isEmpty() || !UNITS.containsKey(unit);
    return none ? BigDecimal.ZERO : new BigDecimal(number).multiply(UNITS.get(unit));
  }

  @Override
  public String toString() {
    return text;
  }

  private static BigDecimal power(int base, int exponent) {
    return BigDecimal.valueOf(base).pow(exponent);
  }
}
