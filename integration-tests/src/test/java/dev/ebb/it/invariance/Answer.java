package dev.ebb.it.invariance;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.transfer.HandOff;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What one request gave.
 *
 * @param tokens the answer's token ids
 * @param logprobs their log-probabilities, which show a difference long before a token changes
 * @param cachedTokens prompt tokens found in a cache
 * @param handOff set after prefill
 */
record Answer(List<Integer> tokens, List<Float> logprobs, int cachedTokens, Optional<HandOff> handOff) {

  /** Whether the generated part is the same, bit for bit. */
  boolean sameAs(Answer other) {
    return tokens.equals(other.tokens) && logprobs.equals(other.logprobs);
  }

  /** Collects a request's results. */
  static final class Collector implements GenerationListener {
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Float> logprobs = new ArrayList<>();
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    CompletableFuture<Answer> answer() {
      return answer;
    }

    @Override
    public void tokens(int choice, int[] ids, String text, List<TokenLogprobs> positions) {
      for (int id : ids) {
        tokens.add(id);
      }
      positions.forEach(position -> logprobs.add(position.logprob()));
    }

    @Override
    public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
      if (reason == FinishReason.ABORT || reason == FinishReason.ERROR) {
        answer.completeExceptionally(new AssertionError("ended by " + reason));
      }
    }

    @Override
    public void completed(Completion completion) {
      answer.complete(new Answer(tokens, logprobs, completion.cachedTokens(), completion.handOff()));
    }

    @Override
    public void failed(RuntimeException cause) {
      answer.completeExceptionally(cause);
    }
  }
}
