package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;

/** Rules out the tokens that would end an answer which is still too short. */
final class MinTokens implements LogitsProcessor {
  private final int[] endTokens;

  MinTokens(int[] endTokens) {
    this.endTokens = endTokens;
  }

  @Override
  public boolean applies(SamplingParams params, TokenSource tokens) {
    return tokens.size() - tokens.promptLength() < params.minTokens();
  }

  @Override
  public void apply(float[] logits, SamplingParams params, TokenSource tokens) {
    if (!params.ignoreEos()) {
      for (int token : endTokens) {
        logits[token] = Float.NEGATIVE_INFINITY;
      }
    }
    for (int token : params.stopTokenIds()) {
      if (token >= 0 && token < logits.length) {
        logits[token] = Float.NEGATIVE_INFINITY;
      }
    }
  }
}
