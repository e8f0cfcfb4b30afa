package dev.ebb.engine.request;

import java.util.List;
import java.util.Map;

/**
 * How tokens are chosen. Values are validated by {@link SamplingParamsBuilder#build()}; the meanings
 * and defaults are vLLM's.
 *
 * @param n answers to the one prompt
 * @param maxTokens generated tokens per answer at most; 0 only computes the prompt
 * @param minTokens generated tokens before a stop token or string may end the answer
 * @param temperature 0 for greedy
 * @param topP nucleus mass in (0, 1]
 * @param topK number of candidates; 0 for all
 * @param minP least probability relative to the best token, in [0, 1]
 * @param repetitionPenalty above 1 discourages tokens of prompt and answer; 1 for none
 * @param presencePenalty subtracted once from a generated token's logit, in [-2, 2]
 * @param frequencyPenalty subtracted per occurrence in the answer, in [-2, 2]
 * @param logitBias token id to addend, each in [-100, 100], of at most 1024 tokens
 * @param seed keys the counter-based random numbers, with answer index and position
 * @param stop texts that end the answer, at most 16 of 1024 characters
 * @param stopTokenIds tokens that end the answer, ascending, each once, at most 1024
 * @param ignoreEos whether to go on past end-of-generation tokens
 * @param includeStop whether a matched stop text stays in the answer
 * @param logprobs alternatives to report per generated token; -1 for no log-probabilities at all
 * @param promptLogprobs alternatives to report per prompt token; -1 for none
 */
public record SamplingParams(
    int n,
    int maxTokens,
    int minTokens,
    float temperature,
    float topP,
    int topK,
    float minP,
    float repetitionPenalty,
    float presencePenalty,
    float frequencyPenalty,
    Map<Integer, Float> logitBias,
    long seed,
    List<String> stop,
    List<Integer> stopTokenIds,
    boolean ignoreEos,
    boolean includeStop,
    int logprobs,
    int promptLogprobs) {

  /** The same with another {@code maxTokens}, and {@code minTokens} no larger. */
  public SamplingParams withMaxTokens(int value) {
    return new SamplingParams(n, value, Math.min(minTokens, value), temperature, topP, topK, minP, repetitionPenalty,
        presencePenalty, frequencyPenalty, logitBias, seed, stop, stopTokenIds, ignoreEos, includeStop, logprobs,
        promptLogprobs);
  }

  /** The same with another {@code seed}. */
  public SamplingParams withSeed(long value) {
    return new SamplingParams(n, maxTokens, minTokens, temperature, topP, topK, minP, repetitionPenalty,
        presencePenalty, frequencyPenalty, logitBias, value, stop, stopTokenIds, ignoreEos, includeStop, logprobs,
        promptLogprobs);
  }

  /** A builder that starts from the defaults. */
  public static SamplingParamsBuilder builder() {
    return new SamplingParamsBuilder();
  }
}
