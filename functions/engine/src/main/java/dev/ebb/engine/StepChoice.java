package dev.ebb.engine;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.sampling.Draws;
import dev.ebb.engine.sampling.Sampler;
import dev.ebb.engine.schedule.SequenceStep;
import dev.ebb.engine.schedule.StepPlan;
import dev.ebb.engine.sequence.Sequence;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens of a step that the backend chose. It does where it can and nobody asks for what only logits tell:
 * log-probabilities, several answers from one row. They are the sampler's tokens either way.
 */
final class StepChoice implements AutoCloseable {
  private final Backend backend;
  private final Draws draws;
  private final SamplingDescriptor descriptor = new SamplingDescriptor();
  private final Map<Sequence, Integer> indices = new IdentityHashMap<>();

  StepChoice(Backend backend, Sampler sampler) {
    this.backend = backend;
    this.draws = sampler.draws();
  }

  /** Leaves the logits of this step with the backend where it is to choose; forgets the step before. */
  void begin(StepPlan plan, Map<Sequence, Answer> answers, BatchDescriptor batch) {
    indices.clear();
    if (backend.chooses() && plan.steps().stream().noneMatch(step -> needsLogits(answers.get(step.sequence()), step))) {
      batch.keepLogits();
    }
  }

  private static boolean needsLogits(Answer answer, SequenceStep step) {
    SamplingParams params = answer.generation().sampling();
    return params.logprobs() >= 0 || params.promptLogprobs() >= 0
        || params.n() > 1 && step.end() == answer.sequence().tokens().promptLength();
  }

  /** Chooses for every sequence whose last token was computed, where the logits were left with the backend. */
  void choose(StepPlan plan, Map<Sequence, Answer> answers, BatchDescriptor batch) {
    if (!batch.logitsKept()) {
      return;
    }
    draws.clear();
    for (SequenceStep step : plan.steps()) {
      Answer answer = answers.get(step.sequence());
      SamplingParams params = answer.generation().sampling();
      if (step.sequence().remaining() == 0 && params.maxTokens() > 0) {
        int row = step.firstRow() + step.rows() - 1;
        indices.put(step.sequence(),
            draws.add(row, params, step.sequence().tokens(), step.sequence().choice()));
      }
    }
    if (!indices.isEmpty()) {
      draws.write(descriptor);
      backend.choose(descriptor);
    }
  }

  /** The token that was chosen for a sequence; empty where the sampler is to. */
  OptionalInt token(Sequence sequence) {
    Integer index = indices.get(sequence);
    if (index == null) {
      return OptionalInt.empty();
    }
    int token = descriptor.token(index);
    if (token < 0) {
      throw Sampler.broken();
    }
    return OptionalInt.of(token);
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
