package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;

/** Changes logits before a token is chosen. One step may have several, applied in order. */
interface LogitsProcessor {

  /** Whether these parameters ask for it at this point of the sequence. */
  boolean applies(SamplingParams params, TokenSource tokens);

  /** Changes {@code logits} in place; minus infinity rules a token out. */
  void apply(float[] logits, SamplingParams params, TokenSource tokens);
}
