package dev.ebb.runtime.work;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Gathers a whole answer for a caller who does not stream. */
public final class AnswerCollector implements GenerationListener {
  private final String requestId;
  private final CompletableFuture<Collected> result = new CompletableFuture<>();
  private final List<Choice> choices;
  private List<TokenLogprobs> promptLogprobs;

  /**
   * @param choices number of answers that were asked for
   */
  public AnswerCollector(String requestId, int choices) {
    this.requestId = requestId;
    this.choices = IntStream.range(0, choices).mapToObj(Choice::new).toList();
  }

  /**
   * @param answer the answers, complete or, with a hand-off, as far as prefill went
   * @param completion the engine's last word
   */
  public record Collected(DecodeCompleted answer, Completion completion) {}

  /** Completes on the engine thread. */
  public CompletableFuture<Collected> result() {
    return result;
  }

  @Override
  public void promptLogprobs(List<TokenLogprobs> positions) {
    promptLogprobs = positions;
  }

  @Override
  public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
    choices.get(choice).add(tokens, text, logprobs);
  }

  @Override
  public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
    choices.get(choice).finish(reason, stopReason);
  }

  @Override
  public void completed(Completion completion) {
    Usage usage = Usages.of(completion);
    List<DecodeCompleted.Choice> finished = choices.stream().map(Choice::toWire).toList();
    result.complete(new Collected(new DecodeCompleted(requestId, finished, promptLogprobs, usage), completion));
  }

  @Override
  public void failed(RuntimeException cause) {
    result.completeExceptionally(cause);
  }

  /** One answer as it grows. */
  private static final class Choice {
    private final int index;
    private final StringBuilder text = new StringBuilder();
    private final List<TokenLogprobs> logprobs = new ArrayList<>();
    private final IntStream.Builder tokens = IntStream.builder();
    private FinishReason reason;
    private Object stopReason;

    Choice(int index) {
      this.index = index;
    }

    void add(int[] ids, String piece, List<TokenLogprobs> probabilities) {
      for (int id : ids) {
        tokens.add(id);
      }
      text.append(piece);
      logprobs.addAll(probabilities);
    }

    void finish(FinishReason how, Optional<Object> stop) {
      reason = how;
      stopReason = stop.orElse(null);
    }

    DecodeCompleted.Choice toWire() {
      return new DecodeCompleted.Choice(index, text.toString(), tokens.build().toArray(),
          logprobs.isEmpty() ? null : List.copyOf(logprobs), reason == null ? null : reason.label(), stopReason);
    }
  }
}
