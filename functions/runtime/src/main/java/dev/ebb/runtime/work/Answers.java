package dev.ebb.runtime.work;

import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Work;
import dev.ebb.runtime.work.AnswerCollector.Collected;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Answers work as a whole: what the functions return. A caller who leaves cancels it. */
@Singleton
public class Answers {
  private final Submissions submissions;
  private final CurrentVertxRequest current;

  @Inject
  Answers(Submissions submissions, CurrentVertxRequest current) {
    this.submissions = submissions;
    this.current = current;
  }

  /** Generates the answer, from a hand-off where the work has one. */
  public Uni<DecodeCompleted> decode(Work work) {
    return run(work, Phase.DECODE).map(Collected::answer);
  }

  /** Computes the prompt and hands off; the whole answer where the first token already ended it. */
  public Uni<PrefillCompleted> prefill(Work work) {
    return run(work, Phase.PREFILL).map(collected -> {
      var handOff = collected.completion().handOff().orElse(null);
      return new PrefillCompleted(work.requestId(), handOff, handOff == null ? collected.answer() : null,
          Usages.of(collected.completion()));
    });
  }

  private Uni<Collected> run(Work work, Phase phase) {
    if (work == null) {
      throw new InvalidParameterException("data", "missing", "data must be a JSON object, got null");
    }
    AnswerCollector collector = new AnswerCollector(work.requestId(), work.sampling().n());
    Submissions.Ticket ticket = new Submissions.Ticket();
    Caller.of(current.getCurrent()).whenGone(ticket::cancel);
    submissions.submit(work, phase, collector, ticket);
    // Away from the engine thread, which must not write JSON.
    return Uni.createFrom().completionStage(collector.result()).emitOn(Infrastructure.getDefaultExecutor());
  }
}
