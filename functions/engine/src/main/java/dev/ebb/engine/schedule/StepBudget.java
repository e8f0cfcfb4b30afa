package dev.ebb.engine.schedule;

import dev.ebb.engine.sequence.Sequence;

/** What is left of a step's tokens and of its rows of prompt logits. */
final class StepBudget {
  private final int chunkTokens;
  private int tokens;
  private int promptRows;

  StepBudget(StepLimits limits) {
    chunkTokens = limits.chunkTokens();
    tokens = limits.tokenBudget();
    promptRows = limits.promptLogprobRows();
  }

  int tokens() {
    return tokens;
  }

  /** Takes as many of the sequence's remaining tokens as a step may hold; may be 0. */
  int take(Sequence sequence) {
    int count = Math.min(sequence.remaining(), Math.min(tokens, chunkTokens));
    int last = sequence.tokens().size() - 1;
    if (sequence.logitsFrom() < last) {
      int withoutLogits = Math.max(0, sequence.logitsFrom() - sequence.computed());
      count = Math.min(count, withoutLogits + promptRows);
      promptRows -= Math.max(0, count - withoutLogits);
    }
    tokens -= count;
    return count;
  }
}
