package dev.ebb.engine.sampling;

import dev.ebb.engine.request.SamplingParams;
import java.util.stream.IntStream;

/** Rules out the tokens that would end an answer which is still too short. */
final class MinTokens implements LogitsProcessor {
  private final int[] endTokens;

  MinTokens(int[] endTokens) {
    this.endTokens = endTokens;
  }

  /** Whether the answer is too short for its end. */
  static boolean tooShort(SamplingParams params, TokenSource tokens) {
    return tokens.size() - tokens.promptLength() < params.minTokens();
  }

  /** The tokens that would end it. */
  static IntStream ruledOut(SamplingParams params, int[] endTokens, int vocabulary) {
    IntStream ends = params.ignoreEos() ? IntStream.empty() : IntStream.of(endTokens);
    IntStream stops = params.stopTokenIds().stream().mapToInt(Integer::intValue)
        .filter(token -> token >= 0 && token < vocabulary);
    return IntStream.concat(ends, stops);
  }

  @Override
  public boolean applies(SamplingParams params, TokenSource tokens) {
    return tooShort(params, tokens);
  }

  @Override
  public void apply(float[] logits, SamplingParams params, TokenSource tokens) {
    ruledOut(params, endTokens, logits.length).forEach(token -> logits[token] = Float.NEGATIVE_INFINITY);
  }
}
