package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;

/**
 * Repetition, frequency and presence penalties, in this order, as vLLM defines them: repetition counts
 * prompt and answer and divides positive logits and multiplies negative ones; the other two count the
 * answer alone and subtract.
 */
final class Penalties implements LogitsProcessor {
  private final int[] generated;
  private final boolean[] seen;

  Penalties(int vocabulary) {
    generated = new int[vocabulary];
    seen = new boolean[vocabulary];
  }

  /** Whether any of them does something. */
  static boolean ask(SamplingParams params) {
    return params.repetitionPenalty() != 1 || params.frequencyPenalty() != 0 || params.presencePenalty() != 0;
  }

  /** The first token that counts: prompts, which may be long, only where repetition does. */
  static int first(SamplingParams params, TokenSource tokens) {
    return params.repetitionPenalty() == 1 ? tokens.promptLength() : 0;
  }

  @Override
  public boolean applies(SamplingParams params, TokenSource tokens) {
    return ask(params);
  }

  @Override
  public void apply(float[] logits, SamplingParams params, TokenSource tokens) {
    for (int i = tokens.promptLength(); i < tokens.size(); i++) {
      generated[tokens.token(i)]++;
    }
    int first = first(params, tokens);
    for (int i = first; i < tokens.size(); i++) {
      int token = tokens.token(i);
      if (!seen[token]) {
        seen[token] = true;
        logits[token] = penalised(logits[token], generated[token], params);
      }
    }
    for (int i = first; i < tokens.size(); i++) {
      seen[tokens.token(i)] = false;
      generated[tokens.token(i)] = 0;
    }
  }

  private static float penalised(float logit, int count, SamplingParams params) {
    float repeated = logit > 0 ? logit / params.repetitionPenalty() : logit * params.repetitionPenalty();
    float frequent = repeated - params.frequencyPenalty() * count;
    float present = count > 0 ? frequent - params.presencePenalty() : frequent;
    // A tiny or huge penalty must not make a finite logit infinite: no distribution has one.
    return Float.isFinite(logit) ? Math.clamp(present, -Float.MAX_VALUE, Float.MAX_VALUE) : present;
  }
}
