package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;

/** Adds the caller's addends. */
final class LogitBias implements LogitsProcessor {
  @Override
  public boolean applies(SamplingParams params, TokenSource tokens) {
    return !params.logitBias().isEmpty();
  }

  @Override
  public void apply(float[] logits, SamplingParams params, TokenSource tokens) {
    params.logitBias().forEach((token, bias) -> logits[token] += bias);
  }
}
