package dev.ebb.engine.schedule;

import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLayout;
import dev.ebb.engine.sequence.BlockTable;
import dev.ebb.engine.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;

/** What one step computes. Built by {@link Scheduler#plan}, then written into the batch descriptor. */
public final class StepPlan {
  private final List<SequenceStep> steps = new ArrayList<>();
  private final List<Admission> admitted = new ArrayList<>();
  private int tokens;
  private int promptTokens;
  private int rows;
  private int blocks;
  private int preemptions;

  void add(Sequence sequence, int count) {
    int start = sequence.computed();
    int end = start + count;
    int logitsFrom = end == sequence.tokens().size()
        ? Math.min(Math.max(start, sequence.logitsFrom()), end - 1)
        : Math.min(Math.max(start, sequence.logitsFrom()), end);
    steps.add(new SequenceStep(sequence, start, count, logitsFrom, rows));
    rows += end - logitsFrom;
    tokens += count;
    promptTokens += sequence.countPrompt(end);
    blocks += BlockTable.blocksFor(end);
  }

  void admitted(Admission admission) {
    admitted.add(admission);
  }

  void preempted() {
    preemptions++;
  }

  public List<SequenceStep> steps() {
    return steps;
  }

  /** Sequences that got a seat in this step, with what was found in the cache. */
  public List<Admission> admitted() {
    return admitted;
  }

  public boolean isEmpty() {
    return steps.isEmpty();
  }

  public int tokens() {
    return tokens;
  }

  /** How many of the tokens belong to prompts and were in no step before: who computes again is not counted again. */
  public int promptTokens() {
    return promptTokens;
  }

  public int preemptions() {
    return preemptions;
  }

  /** Fills the batch for the backend; {@code edition} tells what each block was given out as. */
  public void write(BatchDescriptor batch, int vocabulary, IntToLongFunction edition) {
    batch.begin(new BatchLayout(tokens, steps.size(), blocks, rows, vocabulary));
    int token = 0;
    int block = 0;
    for (int s = 0; s < steps.size(); s++) {
      batch.sequence(s, token, block);
      SequenceStep step = steps.get(s);
      BlockTable table = step.sequence().blocks();
      for (int i = 0; i < BlockTable.blocksFor(step.end()); i++) {
        batch.block(block++, table.block(i), edition.applyAsLong(table.block(i)));
      }
      for (int position = step.start(); position < step.end(); position++) {
        if (position >= step.logitsFrom()) {
          batch.output(step.firstRow() + position - step.logitsFrom(), token);
        }
        batch.token(token++, step.sequence().tokens().token(position), position, table.slot(position));
      }
    }
    batch.sequence(steps.size(), token, block);
  }
}
