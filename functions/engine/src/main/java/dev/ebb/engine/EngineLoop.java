package dev.ebb.engine;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.ArenaException;
import dev.ebb.engine.request.FinishReason;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.sampling.Sampler;
import dev.ebb.engine.schedule.Admission;
import dev.ebb.engine.schedule.Scheduler;
import dev.ebb.engine.schedule.SequenceStep;
import dev.ebb.engine.schedule.StepLimits;
import dev.ebb.engine.schedule.StepPlan;
import dev.ebb.engine.sequence.Sequence;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.engine.transfer.HandOffs;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The engine's steps. Single-threaded; {@link Engine} drives it from its thread, tests from theirs.
 */
final class EngineLoop implements AutoCloseable {

  /** What a step did. */
  enum Result {
    WORKED,
    /** There is work, and no block for it. */
    BLOCKED,
    IDLE
  }

  private final CopyMeter backend;
  private final Arena arena;
  private final EngineObserver observer;
  private final EngineConfig config;
  private final int vocabulary;
  private final Scheduler scheduler;
  private final HandOffs handOffs;
  private final MeasuredClaims claims;
  private final StepChoice choice;
  private final TokenDelivery delivery;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final BatchDescriptor batch = new BatchDescriptor();
  private final Map<Sequence, Answer> answers = new IdentityHashMap<>();
  private final Set<Generation> generations = new LinkedHashSet<>();

  EngineLoop(EngineConfig config, int vocabulary, Sampler sampler, Backend backend, Arena arena,
      EngineObserver observer, LongSupplier nanoTime, InstantSource clock) {
    this.config = config;
    this.vocabulary = vocabulary;
    this.backend = new CopyMeter(backend, arena.layout().blockBytes(), observer);
    this.arena = arena;
    this.observer = observer;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.scheduler = new Scheduler(arena, new StepLimits(config.tokenBudget(), config.maxSequences(),
        config.chunkTokens(), config.promptLogprobRows(), config.prefixCache()));
    this.handOffs = new HandOffs(arena);
    this.claims = new MeasuredClaims(handOffs, arena, this.backend, observer, nanoTime);
    this.choice = new StepChoice(this.backend, sampler);
    this.delivery = new TokenDelivery(sampler, choice, observer, nanoTime);
  }

  /** One step: take, plan, compute, read, settle, tell. */
  Result step(Collection<Generation> arrived, Collection<Generation> cancelled) {
    // 1. Take what came and drop what is not wanted any more.
    generations.addAll(arrived);
    arrived.forEach(this::takeOrFail);
    cancelled.forEach(this::abort);
    dropBroken();
    // 2. Plan.
    StepPlan plan = scheduler.plan();
    noteAdmissions(plan);
    if (plan.isEmpty()) {
      return generations.isEmpty() ? Result.IDLE : Result.BLOCKED;
    }
    // 3. Compute.
    if (!forward(plan)) {
      return Result.WORKED;
    }
    // 4. Read the logits, choose tokens, tell the listeners.
    StepOutcome outcome = read(plan);
    // 5. Publish full blocks, share and lease, release what ended.
    settle(plan, outcome);
    observer.stepCompleted(plan.tokens(), plan.promptTokens(), plan.preemptions());
    return Result.WORKED;
  }

  private void takeOrFail(Generation generation) {
    try {
      take(generation);
    } catch (ArenaException | BackendException e) {
      throw e;
    } catch (RuntimeException e) {
      fail(generation, e);
    }
  }

  private void take(Generation generation) {
    Answer first = generation.first();
    answers.put(first.sequence(), first);
    if (generation.request().phase() == Phase.DECODE && generation.request().handOff().isPresent()) {
      takeOver(generation, generation.request().handOff().get());
    }
    if (!first.finished()) {
      scheduler.add(first.sequence());
    }
  }

  /** Goes on from a hand-off; its first token is the first that the listener sees. */
  private void takeOver(Generation generation, HandOff handOff) {
    Sequence sequence = generation.first().sequence();
    boolean needsLogits = generation.sampling().n() > 1
        || generation.sampling().logprobs() >= 0 && handOff.firstLogprobs().isEmpty();
    boolean claimed = claims.claim(sequence, handOff);
    if (claimed && generation.sampling().promptLogprobs() >= 0) {
      // The logits of the whole prompt are wanted, so all of it is computed.
      release(sequence);
      claimed = false;
    }
    if (!claimed) {
      observer.handOffRecomputed(sequence.tokens().promptLength());
      return;
    }
    if (needsLogits) {
      handOffs.reopen(sequence);
    }
    int found = sequence.computed();
    generation.found(0, found);
    observer.prefixLooked(sequence.tokens().promptLength(), 0, sequence.tokens().promptLength(), found);
    if (!needsLogits) {
      StepOutcome outcome = new StepOutcome();
      delivery.deliver(generation.first(), handOff.firstToken(), handOff.firstLogprobs(), outcome);
      outcome.finished().forEach(this::releaseAndTell);
    }
  }

  private void release(Sequence sequence) {
    try (Arena.Scope scope = arena.scope()) {
      arena.release(sequence.reset());
    }
  }

  private void noteAdmissions(StepPlan plan) {
    for (Admission admitted : plan.admitted()) {
      Generation generation = answers.get(admitted.sequence()).generation();
      if (generation.admitted(nanoTime.getAsLong())
          && generation.found(admitted.localTokens(), admitted.externalTokens())) {
        int prompt = admitted.sequence().tokens().promptLength();
        observer.prefixLooked(prompt, admitted.localTokens(), prompt - admitted.localTokens(),
            admitted.externalTokens());
      }
    }
  }

  /** Computes the plan; on failure its requests fail, and with a lost device all others too. */
  private boolean forward(StepPlan plan) {
    try {
      plan.write(batch, vocabulary, arena::edition);
      choice.begin(plan, answers, batch);
      backend.forward(batch);
      plan.steps().forEach(step -> step.sequence().computed(step.end()));
      choice.choose(plan, answers, batch);
    } catch (BackendException e) {
      plan.steps().stream().map(step -> answers.get(step.sequence()).generation()).distinct().toList()
          .forEach(generation -> fail(generation, e));
      rethrowWhenLost(e);
      return false;
    }
    return true;
  }

  private static void rethrowWhenLost(BackendException e) {
    if (e.reason() == BackendException.Reason.DEVICE_LOST) {
      throw e;
    }
  }

  private StepOutcome read(StepPlan plan) {
    StepOutcome outcome = new StepOutcome();
    for (SequenceStep step : plan.steps()) {
      Answer answer = answers.get(step.sequence());
      // A failure at an earlier row of the same request has removed its answers.
      if (answer != null) {
        try {
          delivery.take(answer, step, batch, outcome);
        } catch (RuntimeException e) {
          // What one request's parameters bring about must not end the others.
          fail(answer.generation(), e);
        }
      }
    }
    return outcome;
  }

  private void settle(StepPlan plan, StepOutcome outcome) {
    List<Runnable> endings = new ArrayList<>();
    try (Arena.Scope scope = arena.scope()) {
      scheduler.publish(plan);
      List<int[]> copies = fork(outcome.forked());
      for (StepOutcome.Handing handing : outcome.handings()) {
        endings.add(handOver(handing));
      }
      for (Answer answer : outcome.finished()) {
        scheduler.remove(answer.sequence());
        answers.remove(answer.sequence());
        endings.add(() -> tellEnd(answer));
      }
      copyBlocks(copies);
    }
    endings.forEach(Runnable::run);
  }

  private List<int[]> fork(List<Answer> forked) {
    List<int[]> copies = new ArrayList<>();
    for (Answer answer : forked) {
      if (!answer.generation().ended()) {
        answers.put(answer.sequence(), answer);
        int[] copy = scheduler.fork(answer.generation().first().sequence(), answer.sequence());
        if (copy.length > 0) {
          copies.add(copy);
        }
      }
    }
    return copies;
  }

  /** Copies the partly filled blocks of forked answers while their source is surely still there. */
  private void copyBlocks(List<int[]> copies) {
    if (!copies.isEmpty()) {
      backend.copyBlocks(copies.stream().mapToInt(copy -> copy[0]).toArray(),
          copies.stream().mapToInt(copy -> copy[1]).toArray());
    }
  }

  private Runnable handOver(StepOutcome.Handing handing) {
    Generation generation = handing.answer().generation();
    Sequence sequence = handing.answer().sequence();
    long expiresAtMs = clock.millis() + config.leaseTimeout().toMillis();
    HandOff handOff = handOffs.grant(sequence, handing.firstToken(), handing.firstLogprobs(), expiresAtMs);
    scheduler.remove(sequence);
    answers.remove(sequence);
    return () -> end(generation, FinishReason.LENGTH, Optional.of(handOff));
  }

  private void releaseAndTell(Answer answer) {
    scheduler.remove(answer.sequence());
    answers.remove(answer.sequence());
    tellEnd(answer);
  }

  private void tellEnd(Answer answer) {
    if (!answer.generation().ended() && answer.generation().finished()) {
      end(answer.generation(), answer.finishReason(), Optional.empty());
    }
  }

  private void end(Generation generation, FinishReason reason, Optional<HandOff> handOff) {
    generations.remove(generation);
    observer.requestFinished(generation.stats(reason, nanoTime.getAsLong()));
    generation.complete(handOff);
  }

  private void abort(Generation generation) {
    if (generation.ended()) {
      return;
    }
    generation.addOtherAnswers();
    for (Answer answer : generation.answers()) {
      if (!answer.finished()) {
        answer.finish(FinishReason.ABORT);
        generation.listener().choiceFinished(answer.sequence().choice(), FinishReason.ABORT, Optional.empty());
      }
    }
    removeAll(generation);
    end(generation, FinishReason.ABORT, Optional.empty());
  }

  private void dropBroken() {
    generations.stream().filter(generation -> generation.listener().broken()).toList().forEach(this::abort);
  }

  private void fail(Generation generation, RuntimeException cause) {
    removeAll(generation);
    generations.remove(generation);
    if (!generation.ended()) {
      observer.requestFinished(generation.stats(FinishReason.ERROR, nanoTime.getAsLong()));
      generation.fail(cause);
    }
  }

  private void removeAll(Generation generation) {
    for (Answer answer : generation.answers()) {
      scheduler.remove(answer.sequence());
      answers.remove(answer.sequence());
    }
  }

  /** Fails everything there is, for good. */
  void failAll(RuntimeException cause) {
    for (Generation generation : List.copyOf(generations)) {
      try {
        fail(generation, cause);
      } catch (RuntimeException e) {
        // What broke the engine may have broken the arena; the caller is told all the same.
        cause.addSuppressed(e);
        generation.fail(cause);
      }
    }
  }

  /** Gives back what expired or dead processes hold, while there is nothing else to do. */
  void tidy() {
    try (Arena.Scope scope = arena.scope()) {
      arena.available();
      arena.reclaimDead();
    }
  }

  int running() {
    return scheduler.running();
  }

  int waiting() {
    return scheduler.waiting();
  }

  boolean idle() {
    return generations.isEmpty();
  }

  @Override
  public void close() {
    batch.close();
    choice.close();
  }
}
