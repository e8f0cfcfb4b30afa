package dev.ebb.router.app.openai;

/**
 * What the answer is to contain and how it is to be sent; nothing here changes a token.
 *
 * @param stream as server-sent events
 * @param includeUsage a last event with the token counts
 * @param continuousUsage token counts in every event
 * @param echo the prompt in front of the answer
 * @param logprobs alternatives per token, -1 for no log-probabilities
 * @param promptLogprobs alternatives per prompt token in a field of their own, -1 for none
 * @param tokenIds token ids of prompt and answer too
 * @param tokensAsIds {@code token_id:N} in place of a token's text in log-probabilities
 */
public record OutputOptions(
    boolean stream,
    boolean includeUsage,
    boolean continuousUsage,
    boolean echo,
    int logprobs,
    int promptLogprobs,
    boolean tokenIds,
    boolean tokensAsIds) {}
