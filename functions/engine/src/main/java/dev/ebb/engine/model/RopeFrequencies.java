package dev.ebb.engine.model;

/**
 * Inverse frequencies of rotary position embedding, {@code dims / 2} radians per position, with the
 * context-extension methods folded in. Computed in double precision and rounded once.
 */
final class RopeFrequencies {
  private RopeFrequencies() {}

  /** Pair i turns by {@code base^(-2i/dims)} a position (Su et al., RoFormer, 2021). */
  static float[] plain(int dims, double base) {
    return floats(exact(dims, base));
  }

  /** Position interpolation (Chen et al., 2023): every frequency divided by the factor. */
  static float[] linear(int dims, double base, double factor) {
    double[] inverse = exact(dims, base);
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] /= factor;
    }
    return floats(inverse);
  }

  /**
   * YaRN (Peng et al., 2023): pairs that turn more than {@code betaFast} times within the original
   * context keep their frequency, those that turn less than {@code betaSlow} times are divided by
   * the factor, and a linear ramp joins them.
   */
  static float[] yarn(
      int dims, double base, double factor, int originalContext, double betaFast, double betaSlow) {
    double[] inverse = exact(dims, base);
    double low = Math.max(0, Math.floor(pairOfTurns(dims, base, originalContext, betaFast)));
    double high = Math.min(dims - 1, Math.ceil(pairOfTurns(dims, base, originalContext, betaSlow)));
    double width = Math.max(0.001, high - low);
    for (int i = 0; i < inverse.length; i++) {
      double interpolated = Math.clamp((i - low) / width, 0.0, 1.0);
      inverse[i] = inverse[i] * (1 - interpolated) + inverse[i] / factor * interpolated;
    }
    return floats(inverse);
  }

  /** YaRN's factor on cosine and sine, {@code 0.1 ln(factor) + 1}. */
  static float yarnMagnitude(double factor) {
    return factor <= 1 ? 1f : (float) (0.1 * Math.log(factor) + 1);
  }

  /**
   * Llama 3.1's rule: wave lengths beyond {@code originalContext / lowFactor} are stretched by the
   * factor, those under {@code originalContext / highFactor} stay, and those between are blended.
   */
  static float[] llama3(
      int dims, double base, double factor, double lowFactor, double highFactor, int originalContext) {
    double[] inverse = exact(dims, base);
    for (int i = 0; i < inverse.length; i++) {
      double turns = originalContext * inverse[i] / (2 * Math.PI);
      double kept = Math.clamp((turns - lowFactor) / (highFactor - lowFactor), 0.0, 1.0);
      inverse[i] = inverse[i] * kept + inverse[i] / factor * (1 - kept);
    }
    return floats(inverse);
  }

  /** Divides each frequency by its own factor, as GGUF's {@code rope_freqs.weight} asks. */
  static float[] divided(float[] inverse, float[] divisors) {
    float[] out = new float[inverse.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = inverse[i] / divisors[i];
    }
    return out;
  }

  /** The (fractional) pair that turns {@code turns} times within the context. */
  private static double pairOfTurns(int dims, double base, int context, double turns) {
    return dims * Math.log(context / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private static double[] exact(int dims, double base) {
    double[] inverse = new double[dims / 2];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = Math.pow(base, -2.0 * i / dims);
    }
    return inverse;
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
