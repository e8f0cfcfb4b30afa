package dev.ebb.engine;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.TokenLogprobs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/** A listener whose exceptions stay its own: after the first it is not called again. */
final class GuardedListener implements GenerationListener {
  private static final Logger LOG = System.getLogger(GuardedListener.class.getName());

  private final String id;
  private final GenerationListener listener;
  private boolean broken;

  GuardedListener(String id, GenerationListener listener) {
    this.id = id;
    this.listener = listener;
  }

  /** Whether it has thrown, so that its request is of no use to anyone. */
  boolean broken() {
    return broken;
  }

  @Override
  public void promptLogprobs(List<TokenLogprobs> positions) {
    guard(() -> listener.promptLogprobs(positions));
  }

  @Override
  public void tokens(int choice, int[] tokens, String text, List<TokenLogprobs> logprobs) {
    guard(() -> listener.tokens(choice, tokens, text, logprobs));
  }

  @Override
  public void choiceFinished(int choice, FinishReason reason, Optional<Object> stopReason) {
    guard(() -> listener.choiceFinished(choice, reason, stopReason));
  }

  @Override
  public void completed(Completion completion) {
    guard(() -> listener.completed(completion));
  }

  @Override
  public void failed(RuntimeException cause) {
    guard(() -> listener.failed(cause));
  }

  private void guard(Runnable call) {
    if (broken) {
      return;
    }
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      broken = true;
      LOG.log(Level.WARNING, "the listener of request " + id + " threw; the request ends here", e);
    }
  }
}
