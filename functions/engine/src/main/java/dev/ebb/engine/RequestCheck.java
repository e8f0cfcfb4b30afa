package dev.ebb.engine;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.InvalidParameterException;

/** Refuses requests that this engine can never serve. */
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

  void check(GenerationRequest request) {
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
    // The last generated token is never computed, so it needs no room.
    if (prompt + Math.max(0, maxTokens - 1) > arenaTokens) {
      throw new InvalidParameterException("max_tokens", TOO_LONG, "the prompt's " + prompt + " tokens and max_tokens "
          + maxTokens + " exceed the KV store's " + arenaTokens + " tokens: lower max_tokens, or raise ebb.kv.tokens");
    }
  }
}
