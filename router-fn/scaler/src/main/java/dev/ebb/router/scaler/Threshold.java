package dev.ebb.router.scaler;

import java.util.Map;

/** Requests for one replica, as the trigger says it. */
final class Threshold {
  static final String KEY = "threshold";
  private static final double STANDARD = 8;

  private Threshold() {}

  /**
   * @return over 0 and finite; 8 where the trigger says nothing
   * @throws IllegalArgumentException naming what is not such a number
   */
  static double of(Map<String, String> metadata) {
    String text = metadata.get(KEY);
    if (text == null) {
      return STANDARD;
    }
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, as a number out of range is.
    }
    throw new IllegalArgumentException(
        "metadata " + KEY + " must be a number over 0, requests for one replica; got '" + text + "'");
  }
}
