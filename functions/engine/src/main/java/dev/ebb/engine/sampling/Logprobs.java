package dev.ebb.engine.sampling;

import dev.ebb.engine.request.TokenLogprobs;

/** Log-probabilities of a row: logit minus the log of the sum of exponentials, in double and a fixed order. */
final class Logprobs {
  private Logprobs() {}

  /** {@code scratch} has room for a row. */
  static TokenLogprobs of(float[] logits, int token, int alternatives, double[] scratch) {
    double normaliser = logSumExp(logits, scratch);
    int[] top = top(logits, alternatives);
    float[] topLogprobs = new float[top.length];
    for (int i = 0; i < top.length; i++) {
      topLogprobs[i] = (float) (logits[top[i]] - normaliser);
    }
    float logprob = (float) (logits[token] - normaliser);
    return new TokenLogprobs(token, logprob, rank(logits, token), top, topLogprobs);
  }

  private static double logSumExp(float[] logits, double[] scratch) {
    float max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    Exponential.all(logits, logits.length, max, 1, scratch);
    return max + Math.log(Exponential.sum(scratch, 0, logits.length));
  }

  /** 1 for the best; ties rank by id. */
  private static int rank(float[] logits, int token) {
    float own = logits[token];
    int rank = 1;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > own || logits[id] == own && id < token) {
        rank++;
      }
    }
    return rank;
  }

  /** Ids of the best k, best first, lower ids first on ties; k is small. */
  private static int[] top(float[] logits, int k) {
    int[] top = new int[Math.min(k, logits.length)];
    int count = 0;
    for (int id = 0; id < logits.length && top.length > 0; id++) {
      if (count < top.length || logits[id] > logits[top[count - 1]]) {
        int at = count < top.length ? count++ : count - 1;
        while (at > 0 && logits[id] > logits[top[at - 1]]) {
          top[at] = top[at - 1];
          at--;
        }
        top[at] = id;
      }
    }
    return top;
  }
}
