package dev.ebb.runtime.work;

import dev.ebb.engine.EngineUnavailableException;
import dev.ebb.engine.GenerationTicket;
import dev.ebb.engine.request.GenerationListener;
import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.Work;
import dev.ebb.runtime.config.EbbConfig;
import dev.ebb.runtime.metrics.VllmMetrics;
import dev.ebb.runtime.start.EngineHost;
import dev.ebb.runtime.start.RunningEngine;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The door to the engine: checks that work is for this model and hands it in. */
@Singleton
public class Submissions {
  private final EbbConfig config;
  private final EngineHost host;
  private final VllmMetrics metrics;

  @Inject
  Submissions(EbbConfig config, EngineHost host, VllmMetrics metrics) {
    this.config = config;
    this.host = host;
    this.metrics = metrics;
  }

  /**
   * The engine that work goes to.
   *
   * @throws RefusedException 503 while it starts, or when its backend is lost
   */
  public RunningEngine ready() {
    RunningEngine running = host.engine()
        .orElseThrow(() -> RefusedException.unavailable("not_ready", "the model is being loaded; send it again"));
    if (!running.engine().healthy()) {
      throw RefusedException.unavailable("unhealthy", "the backend is lost; send the request to another process");
    }
    return running;
  }

  /**
   * Hands work in; results come to {@code listener} on the engine thread.
   *
   * @param phase PREFILL to hand off after the prompt; DECODE to answer, from the hand-off where there is one
   * @param ticket filled, so that a caller who left before is noticed
   * @throws RefusedException for another model's work, or when there is no engine to take it
   * @throws InvalidParameterException when the work can never be done
   */
  public void submit(Work work, Phase phase, GenerationListener listener, Ticket ticket) {
    String served = config.model().id().orElseThrow();
    if (!work.model().equals(served)) {
      throw RefusedException.invalid(404, "model", "model_not_found",
          "the model " + work.model() + " is not served here; this function serves " + served);
    }
    RunningEngine running = ready();
    checkTokens(work.promptTokenIds(), running.model().config().vocabulary());
    try {
      ticket.set(running.engine().submit(request(work, phase), new CountingListener(listener, metrics)));
    } catch (EngineUnavailableException e) {
      throw RefusedException.unavailable("unavailable", e.getMessage());
    }
  }

  private static GenerationRequest request(Work work, Phase phase) {
    Phase asked = phase == Phase.DECODE && work.handOff() == null ? Phase.FULL : phase;
    return new GenerationRequest(work.requestId(), work.promptTokenIds(), work.sampling(), work.cacheSalt(),
        work.priority(), asked, asked == Phase.DECODE ? Optional.of(work.handOff()) : Optional.empty());
  }

  private static void checkTokens(int[] tokens, int vocabulary) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= vocabulary) {
        throw new InvalidParameterException("prompt_token_ids", "prompt_token_ids[" + i
            + "] must be in [0, " + vocabulary + "), got " + tokens[i]);
      }
    }
  }

  /** Cancels a request, also one that is still on its way to the engine. Thread-safe. */
  public static final class Ticket {
    private GenerationTicket ticket;
    private boolean cancelled;

    private synchronized void set(GenerationTicket submitted) {
      ticket = submitted;
      if (cancelled) {
        ticket.cancel();
      }
    }

    /** Frees what the request holds; its listener sees it end. */
    public synchronized void cancel() {
      cancelled = true;
      if (ticket != null) {
        ticket.cancel();
      }
    }
  }
}
