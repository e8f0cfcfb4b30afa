package dev.ebb.engine.request;

import dev.ebb.engine.transfer.HandOff;
import java.util.Optional;

/**
 * One request to an engine.
 *
 * @param id unique name, for logs and cancellation
 * @param promptTokens token ids, at least one
 * @param sampling validated parameters
 * @param cacheSalt keeps prefixes of different tenants apart; empty for none
 * @param priority lower is earlier
 * @param phase what to do here
 * @param handOff for {@link Phase#DECODE}: what prefill left; when its blocks are gone the engine
 *     computes the prompt again and the tokens are the same
 */
public record GenerationRequest(
    String id,
    int[] promptTokens,
    SamplingParams sampling,
    String cacheSalt,
    int priority,
    Phase phase,
    Optional<HandOff> handOff) {

  /** The part of a generation that an engine is asked for. */
  public enum Phase {
    /** Prompt and answer, all here. */
    FULL,
    /** Compute the prompt's KV, sample the first token, hand off. */
    PREFILL,
    /**
     * Go on from a hand-off. Prompt log-probabilities need every prompt token computed here, so a
     * request for them is better {@link #FULL} from the start.
     */
    DECODE
  }
}
