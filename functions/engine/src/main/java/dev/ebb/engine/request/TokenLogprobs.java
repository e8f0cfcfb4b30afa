package dev.ebb.engine.request;

/**
 * Log-probabilities of one position, natural logarithm, of the model's own distribution (before
 * temperature, penalties and cuts).
 *
 * @param token the chosen or given token
 * @param logprob its log-probability
 * @param rank its place by probability, 1 for the best
 * @param topTokens the best alternatives, best first
 * @param topLogprobs their log-probabilities
 */
public record TokenLogprobs(int token, float logprob, int rank, int[] topTokens, float[] topLogprobs) {}
