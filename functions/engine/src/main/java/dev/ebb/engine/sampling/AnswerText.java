package dev.ebb.engine.sampling;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.tokenizer.Tokenizer;
import java.util.Collections;
import java.util.Optional;

/** The text of one answer as its tokens come, and what ends it. */
public final class AnswerText {
  private final SamplingParams params;
  private final Tokenizer tokenizer;
  private final Tokenizer.StreamDecoder decoder;
  private final StopMatcher matcher;
  private int generated;

  /**
   * @param text text that may be shown now
   * @param finish why the answer ended with this token, if it did
   * @param stopReason the stop text or stop token id that matched
   */
  public record Piece(String text, Optional<FinishReason> finish, Optional<Object> stopReason) {}

  public AnswerText(SamplingParams params, Tokenizer tokenizer) {
    this.params = params;
    this.tokenizer = tokenizer;
    this.decoder = tokenizer.stream(false);
    this.matcher = new StopMatcher(params.stop(), params.includeStop());
  }

  /** Takes the next generated token. */
  public Piece add(int token) {
    generated++;
    if (Collections.binarySearch(params.stopTokenIds(), token) >= 0) {
      return ended((params.includeStop() ? decoder.add(token) : "") + decoder.finish(), Optional.of(token));
    }
    if (!params.ignoreEos() && tokenizer.endsGeneration(token)) {
      return ended(decoder.finish(), Optional.empty());
    }
    String text = decoder.add(token);
    if (generated <= params.minTokens()) {
      return generated < params.maxTokens() ? new Piece(text, Optional.empty(), Optional.empty())
          : new Piece(text + decoder.finish(), Optional.of(FinishReason.LENGTH), Optional.empty());
    }
    return searched(text);
  }

  private Piece searched(String text) {
    boolean last = generated >= params.maxTokens();
    StopMatcher.Result result = matcher.add(last ? text + decoder.finish() : text);
    if (result.stop().isPresent()) {
      return new Piece(result.text(), Optional.of(FinishReason.STOP), Optional.of(result.stop().get()));
    }
    return last ? new Piece(result.text() + matcher.finish(), Optional.of(FinishReason.LENGTH), Optional.empty())
        : new Piece(result.text(), Optional.empty(), Optional.empty());
  }

  /** A token ended the answer: what was held back is shown, unless a stop text completes in it. */
  private Piece ended(String tail, Optional<Object> stopReason) {
    StopMatcher.Result rest = matcher.add(tail);
    Optional<Object> stop = rest.stop().map(Object.class::cast).or(() -> stopReason);
    return new Piece(rest.text() + matcher.finish(), Optional.of(FinishReason.STOP), stop);
  }
}
