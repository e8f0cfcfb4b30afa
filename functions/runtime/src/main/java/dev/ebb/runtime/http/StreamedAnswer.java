package dev.ebb.runtime.http;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.events.DecodeChunk;
import dev.ebb.runtime.work.Usages;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Sends the results of one request on as server-sent events. Lives on the engine thread. */
final class StreamedAnswer implements GenerationListener {
  private static final int[] NO_TOKENS = {};

  private final EventStream stream;
  private final Consumer<RuntimeException> failedEarly;
  private List<TokenLogprobs> promptLogprobs;
  private boolean started;

  /**
   * @param failedEarly gets a failure that came before the first event, so that the reply can still
   *     have an error's status
   */
  StreamedAnswer(EventStream stream, Consumer<RuntimeException> failedEarly) {
    this.stream = stream;
    this.failedEarly = failedEarly;
  }

  @Override
  public void promptLogprobs(List<TokenLogprobs> positions) {
    promptLogprobs = positions;
  }

  @Override
  public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
    send(new DecodeChunk(choice, tokens, text, logprobs.isEmpty() ? null : logprobs, takePromptLogprobs(),
        null, null, null, null));
  }

  @Override
  public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
    send(new DecodeChunk(choice, NO_TOKENS, "", null, takePromptLogprobs(), reason.label(),
        stopReason.orElse(null), null, null));
  }

  @Override
  public void completed(Completion completion) {
    send(new DecodeChunk(0, NO_TOKENS, "", null, takePromptLogprobs(), null, null, Usages.of(completion), null));
    stream.finish();
  }

  @Override
  public void failed(RuntimeException cause) {
    if (!started) {
      failedEarly.accept(cause);
      return;
    }
    send(new DecodeChunk(0, NO_TOKENS, "", null, null, FinishReason.ERROR.label(), null, null,
        ErrorReply.of(cause).body().error()));
    stream.finish();
  }

  private void send(DecodeChunk chunk) {
    started = true;
    stream.send(chunk);
  }

  /** The prompt's log-probabilities, once. */
  private List<TokenLogprobs> takePromptLogprobs() {
    List<TokenLogprobs> positions = promptLogprobs;
    promptLogprobs = null;
    return positions;
  }
}
