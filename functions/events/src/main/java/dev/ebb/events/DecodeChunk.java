package dev.ebb.events;

import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;

/**
 * One server-sent event of a decode stream ({@code data: <this as JSON>}); {@code data: [DONE]} ends
 * the stream. A failure is one event whose {@code error} is set, then the end.
 *
 * @param choice answer index
 * @param tokenIds new tokens
 * @param text text that became complete
 * @param logprobs one per token when asked for, else null
 * @param promptLogprobs in the first event when asked for (entry 0 null), else null
 * @param finishReason stop, length, abort, error; null while the answer goes on
 * @param stopReason the stop text (string) or token id (number) that matched, else null
 * @param usage in the last event before [DONE], else null
 * @param error what failed, else null
 */
public record DecodeChunk(
    int choice,
    int[] tokenIds,
    String text,
    List<TokenLogprobs> logprobs,
    List<TokenLogprobs> promptLogprobs,
    String finishReason,
    Object stopReason,
    Usage usage,
    ErrorBody.Detail error) {}
