package dev.ebb.engine;

import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.sampling.AnswerText;
import dev.ebb.engine.sampling.Sampler;
import dev.ebb.engine.schedule.SequenceStep;
import dev.ebb.engine.sequence.Sequence;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Turns rows of logits into tokens and tokens into calls of listeners. */
final class TokenDelivery {
  private final Sampler sampler;
  private final StepChoice choice;
  private final EngineObserver observer;
  private final LongSupplier nanoTime;

  TokenDelivery(Sampler sampler, StepChoice choice, EngineObserver observer, LongSupplier nanoTime) {
    this.sampler = sampler;
    this.choice = choice;
    this.observer = observer;
    this.nanoTime = nanoTime;
  }

  /** Reads the rows of one sequence, whose step has been computed. */
  void take(Answer answer, SequenceStep step, BatchDescriptor batch, StepOutcome outcome) {
    if (answer.generation().sampling().promptLogprobs() >= 0) {
      collectPromptLogprobs(answer, step, batch);
    }
    if (answer.sequence().remaining() > 0) {
      return;
    }
    if (answer.generation().sampling().maxTokens() == 0) {
      finishEmpty(answer.generation(), outcome);
      return;
    }
    MemorySegment row = batch.logits(step.firstRow() + step.rows() - 1);
    boolean promptDone = step.end() == answer.sequence().tokens().promptLength();
    if (promptDone && answer.generation().request().phase() == Phase.PREFILL) {
      takeFirstOfPrefill(answer, row, outcome);
      return;
    }
    List<Answer> others = promptDone ? answer.generation().addOtherAnswers() : List.of();
    sample(answer, row, outcome);
    for (Answer other : others) {
      sample(other, row, outcome);
      if (!other.finished()) {
        outcome.forked().add(other);
      }
    }
  }

  /** Row of position p tells how likely the prompt's token p + 1 was. */
  private void collectPromptLogprobs(Answer answer, SequenceStep step, BatchDescriptor batch) {
    Sequence sequence = answer.sequence();
    List<TokenLogprobs> collected = answer.generation().promptLogprobs();
    int last = sequence.tokens().promptLength() - 1;
    if (sequence.tokens().size() > sequence.tokens().promptLength()) {
      // Delivered before a preemption.
      return;
    }
    if (collected.isEmpty()) {
      collected.add(null);
    }
    int alternatives = answer.generation().sampling().promptLogprobs();
    for (int position = step.logitsFrom(); position < Math.min(step.end(), last); position++) {
      MemorySegment row = batch.logits(step.firstRow() + position - step.logitsFrom());
      collected.add(sampler.logprobs(row, sequence.tokens().token(position + 1), alternatives));
    }
    // After a preemption a step may end before what has been collected.
    sequence.logitsFrom(Math.max(sequence.logitsFrom(), Math.min(step.end(), last)));
    if (step.end() > last) {
      answer.generation().listener().promptLogprobs(java.util.Collections.unmodifiableList(collected));
    }
  }

  private void finishEmpty(Generation generation, StepOutcome outcome) {
    generation.addOtherAnswers();
    for (Answer answer : generation.answers()) {
      finish(answer, FinishReason.LENGTH, Optional.empty(), outcome);
    }
  }

  /** The first token goes with the hand-off, unless it already ends the only answer. */
  private void takeFirstOfPrefill(Answer answer, MemorySegment row, StepOutcome outcome) {
    SamplingParams params = answer.generation().sampling();
    int token = next(answer, row, params);
    Optional<TokenLogprobs> logprobs = logprobs(row, token, params);
    AnswerText.Piece piece = answer.text().add(token);
    if (params.n() == 1 && piece.finish().isPresent()) {
      emit(answer, token, piece, logprobs, outcome);
    } else {
      answer.generation().firstTokenAt(nanoTime.getAsLong()).ifPresent(observer::firstToken);
      outcome.handings().add(new StepOutcome.Handing(answer, token, logprobs));
    }
  }

  private void sample(Answer answer, MemorySegment row, StepOutcome outcome) {
    SamplingParams params = answer.generation().sampling();
    int token = next(answer, row, params);
    deliver(answer, token, logprobs(row, token, params), outcome);
  }

  private int next(Answer answer, MemorySegment row, SamplingParams params) {
    Sequence sequence = answer.sequence();
    return choice.token(sequence).orElseGet(
        () -> sampler.sample(row, params, sequence.tokens(), sequence.choice()));
  }

  private Optional<TokenLogprobs> logprobs(MemorySegment row, int token, SamplingParams params) {
    return params.logprobs() < 0 ? Optional.empty() : Optional.of(sampler.logprobs(row, token, params.logprobs()));
  }

  /** Appends a token to an answer and tells its listener. */
  void deliver(Answer answer, int token, Optional<TokenLogprobs> logprobs, StepOutcome outcome) {
    answer.sequence().append(token);
    emit(answer, token, answer.text().add(token), logprobs, outcome);
  }

  private void emit(Answer answer, int token, AnswerText.Piece piece, Optional<TokenLogprobs> logprobs,
      StepOutcome outcome) {
    Generation generation = answer.generation();
    long now = nanoTime.getAsLong();
    generation.tokenAt(now);
    generation.firstTokenAt(now).ifPresent(observer::firstToken);
    long since = answer.tokenAt(now);
    if (since > 0) {
      observer.interToken(since / 1e9);
    }
    generation.listener().tokens(answer.sequence().choice(), new int[] {token}, piece.text(),
        logprobs.map(List::of).orElse(List.of()));
    piece.finish().ifPresent(reason -> finish(answer, reason, piece.stopReason(), outcome));
  }

  private void finish(Answer answer, FinishReason reason, Optional<Object> stopReason, StepOutcome outcome) {
    answer.finish(reason);
    outcome.finished().add(answer);
    answer.generation().listener().choiceFinished(answer.sequence().choice(), reason, stopReason);
  }
}
