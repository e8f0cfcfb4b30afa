package dev.ebb.engine.schedule;

import dev.ebb.engine.sequence.Sequence;

/**
 * What a step computes of one sequence: positions {@code [start, start + count)}, and the logits of
 * positions {@code [logitsFrom, start + count)}.
 *
 * @param firstRow output row of position {@code logitsFrom}
 */
public record SequenceStep(Sequence sequence, int start, int count, int logitsFrom, int firstRow) {

  public int end() {
    return start + count;
  }

  public int rows() {
    return end() - logitsFrom;
  }
}
