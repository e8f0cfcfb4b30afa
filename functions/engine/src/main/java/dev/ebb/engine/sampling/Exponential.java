package dev.ebb.engine.sampling;

/**
 * e to the x in plain double arithmetic: the same bits on every machine and in every compilation, which
 * {@link Math#exp} does not promise, and nothing but sums and products, so that the compiler uses vector
 * instructions for arrays. Computed as (e^(x/1024))^1024, a Taylor polynomial of degree 8 and ten
 * squarings. Relative error below 1e-11 down to e^-100; below that the values are too small to matter.
 */
final class Exponential {
  /** Results not above it stand for 0. */
  static final double NEGLIGIBLE = 1e-280;

  private static final double SMALLEST = -660;
  private static final double SCALE = 1.0 / 1024;

  private Exponential() {}

  /** For x at most 0, as after subtracting a maximum; 0 where it would be {@link #NEGLIGIBLE}. */
  static double of(double x) {
    double value = power(Math.max(x, SMALLEST));
    return value > NEGLIGIBLE ? value : 0;
  }

  /** Writes e^((logits[i] - best) * factor) to {@code out} for i below {@code count}. */
  static void all(float[] logits, int count, float best, double factor, double[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = power(Math.max(((double) logits[i] - best) * factor, SMALLEST));
    }
  }

  /**
   * The sum of {@code values[from]} to {@code values[to - 1]} in a fixed order: four interleaved sums,
   * then their sum.
   */
  static double sum(double[] values, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 4 <= to; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < to; i++) {
      a += values[i];
    }
    return a + b + (c + d);
  }

  private static double power(double x) {
    double r = x * SCALE;
    double p = r * (1.0 / 40320) + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1;
    p = p * r + 1;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    p *= p;
    return p * p;
  }
}
