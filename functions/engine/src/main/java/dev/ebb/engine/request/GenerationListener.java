package dev.ebb.engine.request;

import dev.ebb.engine.transfer.HandOff;
import java.util.List;
import java.util.Optional;

/**
 * Receives a request's results on the engine thread: implementations hand over and return at once.
 * Exactly one of {@link #completed} and {@link #failed} ends a request, and nothing follows it.
 */
public interface GenerationListener {

  /** Log-probabilities of prompt tokens; entry 0 is null, for nothing comes before it. */
  default void promptLogprobs(List<TokenLogprobs> positions) {}

  /**
   * New tokens of one answer.
   *
   * @param choice answer index in [0, n)
   * @param tokens new token ids
   * @param text text that became complete; may be empty
   * @param logprobs one per token when asked for, else empty
   */
  void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs);

  /** One answer ended. {@code stopReason}: the stop text or token id that matched, where one did. */
  void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason);

  /** All answers ended. */
  void completed(Completion completion);

  /** The request failed; its blocks are freed. */
  void failed(RuntimeException cause);

  /**
   * @param promptTokens tokens of the prompt
   * @param cachedTokens of which the KV was found, not computed
   * @param generatedTokens over all answers
   * @param handOff set after {@link GenerationRequest.Phase#PREFILL} unless the answer ended at once
   */
  record Completion(int promptTokens, int cachedTokens, int generatedTokens, Optional<HandOff> handOff) {}
}
