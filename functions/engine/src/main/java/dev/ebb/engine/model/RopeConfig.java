package dev.ebb.engine.model;

/**
 * Rotary position embedding, with any scaling already folded into the frequencies.
 *
 * @param dims leading elements of a head that are rotated (even)
 * @param pairing which two elements form a rotated pair
 * @param inverseFrequency radians per position of each pair, {@code dims / 2} values
 * @param magnitude factor on cosine and sine (YaRN's attention factor; else 1)
 */
public record RopeConfig(int dims, Pairing pairing, float[] inverseFrequency, float magnitude) {

  /** Order of {@code ebb_rope_pairing} in model.h. */
  public enum Pairing {
    /** (x[2i], x[2i+1]): Llama weights in GGUF order. */
    INTERLEAVED,
    /** (x[i], x[i + dims/2]): Hugging Face order, Qwen. */
    HALVES
  }

  /** Without scaling: pair i turns by {@code base^(-2i/dims)} a position. */
  public static RopeConfig plain(int dims, Pairing pairing, double base) {
    return new RopeConfig(dims, pairing, RopeFrequencies.plain(dims, base), 1);
  }

  /** Position interpolation: every frequency divided by the factor. */
  public static RopeConfig linear(int dims, Pairing pairing, double base, double factor) {
    return new RopeConfig(dims, pairing, RopeFrequencies.linear(dims, base, factor), 1);
  }

  /** YaRN with its usual magnitude; {@link #timesMagnitude} changes that. */
  public static RopeConfig yarn(
      int dims, Pairing pairing, double base, double factor, int originalContext, double betaFast, double betaSlow) {
    return new RopeConfig(
        dims,
        pairing,
        RopeFrequencies.yarn(dims, base, factor, originalContext, betaFast, betaSlow),
        RopeFrequencies.yarnMagnitude(factor));
  }

  /** Llama 3.1's stretching of the long wave lengths. */
  public static RopeConfig llama3(
      int dims, Pairing pairing, double base, double factor, double lowFactor, double highFactor, int originalContext) {
    return new RopeConfig(
        dims, pairing, RopeFrequencies.llama3(dims, base, factor, lowFactor, highFactor, originalContext), 1);
  }

  /** The same frequencies, each divided by its own factor ({@code rope_freqs.weight} of GGUF). */
  public RopeConfig dividedBy(float[] divisors) {
    return new RopeConfig(dims, pairing, RopeFrequencies.divided(inverseFrequency, divisors), magnitude);
  }

  /** The same frequencies with the magnitude multiplied. */
  public RopeConfig timesMagnitude(float factor) {
    return new RopeConfig(dims, pairing, inverseFrequency, magnitude * factor);
  }
}
