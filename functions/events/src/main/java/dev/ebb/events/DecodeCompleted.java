package dev.ebb.events;

import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;

/** Data of {@code dev.ebb.decode.completed}. {@code promptLogprobs} is null unless asked for. */
public record DecodeCompleted(
    String requestId, List<Choice> choices, List<TokenLogprobs> promptLogprobs, Usage usage) {

  /** One finished answer; {@code logprobs} is null unless asked for. */
  public record Choice(
      int index,
      String text,
      int[] tokenIds,
      List<TokenLogprobs> logprobs,
      String finishReason,
      Object stopReason) {}
}
