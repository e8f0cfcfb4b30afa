package dev.ebb.engine;

import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.sampling.AnswerText;
import dev.ebb.engine.sequence.Sequence;

/** One of a generation's answers: its sequence and its text. */
final class Answer {
  private final Generation generation;
  private final Sequence sequence;
  private final AnswerText text;
  private FinishReason finishReason;
  private long lastTokenNanos;
  private int generated;

  Answer(Generation generation, Sequence sequence, AnswerText text) {
    this.generation = generation;
    this.sequence = sequence;
    this.text = text;
  }

  Generation generation() {
    return generation;
  }

  Sequence sequence() {
    return sequence;
  }

  AnswerText text() {
    return text;
  }

  boolean finished() {
    return finishReason != null;
  }

  void finish(FinishReason reason) {
    finishReason = reason;
  }

  /** Why it ended; only once it has. */
  FinishReason finishReason() {
    return finishReason;
  }

  /** Tokens that its listener was told. */
  int generated() {
    return generated;
  }

  /** Counts a token, notes its time and gives the nanoseconds since the one before; 0 for the first. */
  long tokenAt(long nanos) {
    generated++;
    long since = lastTokenNanos == 0 ? 0 : nanos - lastTokenNanos;
    lastTokenNanos = nanos;
    return since;
  }
}
