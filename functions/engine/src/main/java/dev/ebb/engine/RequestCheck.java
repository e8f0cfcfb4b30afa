package dev.ebb.engine;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.InvalidParameterException;

/** Refuses requests that this engine can never serve, and fits the others to the KV store. */
final class RequestCheck {
  private static final String TOO_LONG = "context_length_exceeded";

  private final int vocabulary;
  private final int contextLength;
  private final int arenaTokens;

  RequestCheck(ModelConfig model, Arena arena) {
    this.vocabulary = model.vocabulary();
    this.contextLength = model.contextLength();
    this.arenaTokens = arena.tokens();
  }

  /**
   * The request as it can be served: an answer ends where the KV store does.
   *
   * @throws InvalidParameterException when it can never be served
   */
  GenerationRequest fitted(GenerationRequest request) {
    check(request);
    int prompt = request.promptTokens().length;
    // The last generated token is never computed, so it needs no room.
    int room = arenaTokens - prompt + 1;
    return request.sampling().maxTokens() <= room ? request
        : new GenerationRequest(request.id(), request.promptTokens(), request.sampling().withMaxTokens(room),
            request.cacheSalt(), request.priority(), request.phase(), request.handOff());
  }

  private void check(GenerationRequest request) {
    int[] prompt = request.promptTokens();
    if (prompt.length == 0) {
      throw new InvalidParameterException("prompt", "the prompt is empty: it needs at least one token");
    }
    for (int token : prompt) {
      if (token < 0 || token >= vocabulary) {
        throw new InvalidParameterException("prompt", "prompt has token id " + token
            + ", and this model's ids go from 0 to " + (vocabulary - 1));
      }
    }
    for (int token : request.sampling().logitBias().keySet()) {
      if (token < 0 || token >= vocabulary) {
        throw new InvalidParameterException("logit_bias", "logit_bias names token id " + token
            + ", and this model's ids go from 0 to " + (vocabulary - 1));
      }
    }
    request.handOff().filter(handOff -> handOff.firstToken() >= vocabulary).ifPresent(handOff -> {
      throw new InvalidParameterException("hand_off.first_token", "hand_off.first_token is " + handOff.firstToken()
          + ", and this model's ids go from 0 to " + (vocabulary - 1));
    });
    checkLength(prompt.length, request.sampling().maxTokens());
  }

  private void checkLength(int prompt, int maxTokens) {
    if (prompt > contextLength) {
      throw new InvalidParameterException("prompt", TOO_LONG, "the prompt has " + prompt
          + " tokens, and this model's context has " + contextLength + ": shorten the prompt");
    }
    if ((long) prompt + maxTokens > contextLength) {
      throw new InvalidParameterException("max_tokens", TOO_LONG, "the prompt's " + prompt + " tokens and max_tokens "
          + maxTokens + " exceed this model's context of " + contextLength + ": lower max_tokens to "
          + (contextLength - prompt));
    }
    if (prompt > arenaTokens) {
      throw new InvalidParameterException("prompt", TOO_LONG, "the prompt has " + prompt
          + " tokens, and the KV store has room for " + arenaTokens + ": shorten the prompt, or raise EBB_KV_TOKENS"
          + " by more than a quarter");
    }
  }
}
