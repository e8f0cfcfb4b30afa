package dev.ebb.router.place;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.router.place.Placement.Reason;

/**
 * The prefill/decode decider.
 *
 * @param thresholdTokens uncached prompt tokens from which prefill is used
 */
public record PlacementRule(int thresholdTokens) {

  public PlacementRule {
    if (thresholdTokens < 1) {
      throw new IllegalArgumentException("prefill threshold must be at least 1 token, got " + thresholdTokens);
    }
  }

  /**
   * @param promptTokens tokens of the prompt
   * @param seenTokens tokens of its longest prefix that decode is believed to hold, a multiple of the block size
   */
  public Placement place(int promptTokens, int seenTokens, int blockTokens, SamplingParams sampling) {
    int uncached = promptTokens - seenTokens;
    if (sampling.n() > 1) {
      return new Placement(false, uncached, Reason.SEVERAL_ANSWERS);
    }
    if (sampling.promptLogprobs() >= 0) {
      return new Placement(false, uncached, Reason.PROMPT_LOGPROBS);
    }
    if (sampling.maxTokens() == 0) {
      return new Placement(false, uncached, Reason.NO_ANSWER);
    }
    // A block is held only when full, so a complete hit leaves less than one block.
    if (seenTokens > 0 && uncached < blockTokens) {
      return new Placement(false, uncached, Reason.FULL_PREFIX_HIT);
    }
    return uncached < thresholdTokens
        ? new Placement(false, uncached, Reason.SHORT_SUFFIX)
        : new Placement(true, uncached, Reason.LONG_SUFFIX);
  }
}
