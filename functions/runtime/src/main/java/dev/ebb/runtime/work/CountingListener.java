package dev.ebb.runtime.work;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.runtime.metrics.VllmMetrics;
import java.util.List;
import java.util.Optional;

/** Counts generated tokens as they come, so that a long answer shows before it ends. */
record CountingListener(GenerationListener next, VllmMetrics metrics) implements GenerationListener {

  @Override
  public void promptLogprobs(List<TokenLogprobs> positions) {
    next.promptLogprobs(positions);
  }

  @Override
  public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
    metrics.generated(tokens.length);
    next.tokens(choice, tokens, text, logprobs);
  }

  @Override
  public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
    next.choiceFinished(choice, reason, stopReason);
  }

  @Override
  public void completed(Completion completion) {
    next.completed(completion);
  }

  @Override
  public void failed(RuntimeException cause) {
    next.failed(cause);
  }
}
