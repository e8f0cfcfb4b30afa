package dev.ebb.events;

import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;

/**
 * Data of {@code dev.ebb.prefill.requested} and {@code dev.ebb.decode.requested}.
 *
 * @param requestId the router's id of the request
 * @param model model id; a function refuses another model's work
 * @param promptTokenIds the tokenized prompt
 * @param sampling complete sampling parameters, seed included: a retry gives the same tokens; the
 *     defaults when absent
 * @param cacheSalt tenant salt of the prefix cache; empty, as when absent, for none
 * @param priority lower is earlier
 * @param handOff what prefill left; null when decode is to compute the prompt itself
 */
public record Work(
    String requestId,
    String model,
    int[] promptTokenIds,
    SamplingParams sampling,
    String cacheSalt,
    int priority,
    HandOff handOff) {

  /** Of a token id as JSON: ten digits, and what is between two. */
  private static final long TOKEN_BYTES_MAX = 16;
  /** Of all else. */
  private static final long OTHER_BYTES_MAX = 1 << 20;

  /**
   * @throws InvalidParameterException when the id, the model or the prompt is absent or empty
   */
  public Work {
    present("request_id", requestId != null && !requestId.isBlank());
    present("model", model != null && !model.isBlank());
    present("prompt_token_ids", promptTokenIds != null && promptTokenIds.length > 0);
    sampling = sampling == null ? SamplingParams.builder().build() : sampling;
    cacheSalt = cacheSalt == null ? "" : cacheSalt;
  }

  /**
   * Bytes that a function must take, so that it refuses nothing that a router took: a prompt is longer as token ids.
   *
   * @param routerBytesMax largest body that the router takes
   * @param promptTokensMax tokens of the longest prompt
   */
  public static int bytesMax(long routerBytesMax, int promptTokensMax) {
    long asTokens = TOKEN_BYTES_MAX * promptTokensMax + OTHER_BYTES_MAX;
    return (int) Math.min(Integer.MAX_VALUE, Math.max(routerBytesMax, asTokens));
  }

  private static void present(String field, boolean present) {
    if (!present) {
      throw new InvalidParameterException(field, "missing", field + " must be given and must not be empty");
    }
  }
}
