package dev.ebb.events;

/**
 * Token counts of a request.
 *
 * @param promptTokens tokens of the prompt
 * @param completionTokens generated tokens over all answers
 * @param cachedTokens prompt tokens whose KV was found rather than computed
 */
public record Usage(int promptTokens, int completionTokens, int cachedTokens) {}
