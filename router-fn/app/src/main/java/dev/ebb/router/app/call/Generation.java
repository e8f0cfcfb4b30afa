package dev.ebb.router.app.call;

import dev.ebb.engine.transfer.HandOff;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Usage;
import dev.ebb.events.Work;
import dev.ebb.router.app.platform.DecodeAloneException;
import dev.ebb.router.app.platform.Endpoint;
import dev.ebb.router.app.platform.Platform;
import dev.ebb.router.demand.Demand.Claim;
import dev.ebb.router.function.Phase;
import dev.ebb.router.place.Placement;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.retry.RetryPolicy.Attempts;
import dev.ebb.router.retry.RetryPolicy.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/**
 * One prompt's way: wait for the functions, prefill where it was placed so, decode, and once more after a crash.
 * Confined to its Vert.x context. It claims demand from its creation to its end.
 */
final class Generation {
  private static final Logger LOG = Logger.getLogger(Generation.class);
  /** Attempts that reached nobody, after which the log says so once. */
  private static final int UNREACHED_TOLD = 10;
  private static final long LOOK_MS = 500;

  private final GenerationPort port;
  private final Context context;
  private final Work work;
  private Placement placement;
  private final Attempts attempts;
  private final Call call = new Call();
  private final Claim decodeClaim;
  private final Claim prefillClaim;
  private CompletableFuture<Endpoint> parked;
  private CallFailure stopped;
  private boolean begun;
  private HandOff handOff;
  private boolean prefilled;
  private boolean handOffLost;
  private int cachedTokens = -1;
  private long waitedMs;
  private IntSupplier relayed = () -> 0;
  private int relayedBefore;
  private int unreached;
  private final long[] crashesSeen = new long[Phase.values().length];

  /** One attempt's last step, once there is a decode function and perhaps a hand-off. */
  private interface DecodeStep<T> {
    Future<T> run(Endpoint endpoint, Work decodeWork);
  }

  Generation(GenerationPort port, Context context, Work work, Placement placement) {
    this.port = port;
    this.context = context;
    this.work = work;
    this.placement = placement;
    attempts = port.platform().retries().attempts();
    for (Phase phase : Phase.values()) {
      crashesSeen[phase.ordinal()] = port.platform().crashes(phase);
    }
    // Both at once: decode starts up while prefill works.
    decodeClaim = port.demand().raise(work.model(), Phase.DECODE);
    prefillClaim = placement.prefill() ? port.demand().raise(work.model(), Phase.PREFILL) : null;
  }

  /** The whole answer. */
  Future<DecodeCompleted> whole() {
    return run((endpoint, decodeWork) ->
        port.client().decode(endpoint, decodeWork, call).map(Generation::whole), finished -> finished)
        .map(answer -> new DecodeCompleted(answer.requestId(), answer.choices(), answer.promptLogprobs(),
            corrected(answer.usage())));
  }

  /** The answer piece by piece, each piece once even if the function crashes between. */
  Future<Usage> stream(StreamRelay relay) {
    relayed = relay::relayed;
    return run((endpoint, decodeWork) -> {
      relay.restart();
      return port.client().stream(endpoint, decodeWork, call, relay::piece).map(ended -> relay.usage());
    }, finished -> {
      relay.restart();
      relay.whole(finished);
      return finished.usage();
    }).map(this::corrected);
  }

  Trail trail() {
    return new Trail(placement, waitedMs, cachedTokens);
  }

  /** Why it waits just now, if that is for quota: decode's place, since nothing is answered without decode. */
  Optional<QuotaWait> waiting() {
    if (parked == null || parked.isDone()) {
      return Optional.empty();
    }
    return port.platform().waiting(Phase.DECODE)
        .or(() -> placement.prefill() && !prefilled ? port.platform().waiting(Phase.PREFILL) : Optional.empty());
  }

  /** Gives it up: the functions free what it holds. */
  void cancel(Refusal why) {
    if (stopped == null) {
      stopped = CallFailure.cancelled(why);
      call.cancel();
      if (parked != null) {
        parked.cancel(false);
      }
      if (!begun) {
        release();
      }
    }
  }

  void pause() {
    call.pause();
  }

  void resume() {
    call.resume();
  }

  private <T> Future<T> run(DecodeStep<T> step, Function<DecodeCompleted, T> finishedByPrefill) {
    begun = true;
    return attempt(step, finishedByPrefill)
        .recover(cause -> Future.failedFuture(cause instanceof CallFailure failure ? failure.refusal() : cause))
        .onComplete(ended -> release());
  }

  private void release() {
    decodeClaim.close();
    releasePrefill();
  }

  private <T> Future<T> attempt(DecodeStep<T> step, Function<DecodeCompleted, T> finishedByPrefill) {
    return prefill()
        .compose(finished -> finished != null
            ? Future.succeededFuture(finishedByPrefill.apply(finished))
            : endpoint(Phase.DECODE).compose(endpoint -> guarded(Phase.DECODE, endpoint,
                step.run(endpoint, decodeWork()))))
        .recover(cause -> retry(cause, step, finishedByPrefill));
  }

  private <T> Future<T> retry(Throwable cause, DecodeStep<T> step, Function<DecodeCompleted, T> finished) {
    if (stopped != null) {
      return Future.failedFuture(stopped);
    }
    if (!(cause instanceof CallFailure failure) || !attempts.again(failure.failure())) {
      return Future.failedFuture(cause);
    }
    port.retried(work.model(), failure.failure());
    Promise<Void> pause = Promise.promise();
    context.owner().setTimer(attempts.pauseMs(), timer -> pause.complete());
    return pause.future().compose(waited -> attempt(step, finished));
  }

  /** Completes with the answer if prefill's one token ended it, else with null. */
  private Future<DecodeCompleted> prefill() {
    if (!placement.prefill() || prefilled) {
      return Future.succeededFuture();
    }
    return endpoint(Phase.PREFILL)
        .compose(endpoint -> guarded(Phase.PREFILL, endpoint,
            port.client().prefill(endpoint, work(null), call)))
        .map(this::prefilled)
        .recover(cause -> cause instanceof DecodeAloneException ? alone() : Future.failedFuture(cause));
  }

  /** Its claim on prefill stays: who serves alone may get a prefill for the next prompt. */
  private Future<DecodeCompleted> alone() {
    placement = placement.alone();
    return Future.succeededFuture();
  }

  private DecodeCompleted prefilled(PrefillCompleted completed) {
    prefilled = true;
    handOff = completed.handOff();
    cachedTokens = completed.usage() == null ? -1 : completed.usage().cachedTokens();
    releasePrefill();
    return completed.finished();
  }

  private void releasePrefill() {
    if (prefillClaim != null) {
      prefillClaim.close();
    }
  }

  /** A failure makes the function suspect, and the hand-off it was given is spent. */
  private <T> Future<T> guarded(Phase phase, Endpoint endpoint, Future<T> answer) {
    return bounded(phase, answer).recover(cause -> {
      if (!(cause instanceof CallFailure failure) || failure.failure() == Failure.FINAL || stopped != null) {
        return Future.failedFuture(cause);
      }
      port.platform().suspect(phase, endpoint);
      handOffLost |= phase == Phase.DECODE && failure.failure() != Failure.NOT_NOW;
      return Future.failedFuture(failure.as(judged(phase, failure)));
    });
  }

  /**
   * Leaves a function that was preempted a while ago, whose answer would hold somebody else's quota to its end, and one
   * that is gone without a word.
   */
  private <T> Future<T> bounded(Phase phase, Future<T> answer) {
    Platform platform = port.platform();
    answer.onComplete(done -> call.ended());
    if (!platform.watchesCalls()) {
      return answer;
    }
    long timer = context.owner().setPeriodic(LOOK_MS, fired -> {
      if (platform.overdue(phase, call.instance(), call.begunMs())) {
        call.breakOff();
      }
    });
    return answer.onComplete(done -> context.owner().cancelTimer(timer));
  }

  /** What a failure was, by all that the platform knows: a request answers for crashes of its own making alone. */
  private Failure judged(Phase phase, CallFailure failure) {
    boolean crashed = crashed(phase);
    if (failure.failure() == Failure.NOT_REACHED) {
      tellUnreached(failure);
      // Behind a proxy a crash before the answer's head looks like a function that is not there.
      return crashed ? Failure.CRASHED : Failure.NOT_REACHED;
    }
    if (!failure.broken()) {
      return failure.failure();
    }
    if (call.brokenOff()) {
      return Failure.TAKEN;
    }
    return switch (port.platform().loss(phase, call.instance(), call.begunMs())) {
      case TAKEN -> Failure.TAKEN;
      case CRASHED -> Failure.CRASHED;
      case UNKNOWN -> unknown(crashed);
    };
  }

  private Failure unknown(boolean crashed) {
    if (call.instance().isEmpty() && !crashed) {
      return Failure.NOT_REACHED;
    }
    if (relayed.getAsInt() > relayedBefore) {
      attempts.forgiveCrashes();
      relayedBefore = relayed.getAsInt();
    }
    return Failure.CRASHED;
  }

  /** Whether functions of the phase crashed since this request last looked. */
  private boolean crashed(Phase phase) {
    long before = crashesSeen[phase.ordinal()];
    crashesSeen[phase.ordinal()] = port.platform().crashes(phase);
    return crashesSeen[phase.ordinal()] > before;
  }

  private void tellUnreached(CallFailure failure) {
    if (++unreached == UNREACHED_TOLD) {
      LOG.warnf("request %s: %s It is sent again until its time is over.", work.requestId(), failure.getMessage());
    }
  }

  private Future<Endpoint> endpoint(Phase phase) {
    if (stopped != null) {
      return Future.failedFuture(stopped);
    }
    long since = System.nanoTime();
    parked = port.platform().ready(phase);
    boolean waits = !parked.isDone();
    return Future.fromCompletionStage(parked, context)
        .map(endpoint -> {
          waitedMs += waits ? (System.nanoTime() - since) / 1_000_000 : 0;
          return endpoint;
        });
  }

  private Work decodeWork() {
    return work(handOffLost ? null : handOff);
  }

  /** Every attempt has an id of its own: the one before may still be on its way out. */
  private Work work(HandOff claimCheck) {
    String id = attempts.count() == 0 ? work.requestId() : work.requestId() + "-r" + attempts.count();
    return new Work(id, work.model(), work.promptTokenIds(), work.sampling(), work.cacheSalt(), work.priority(),
        claimCheck);
  }

  /** To decode all of a handed-off prompt is cached; what really was is what prefill found. */
  private Usage corrected(Usage usage) {
    if (cachedTokens < 0) {
      cachedTokens = usage.cachedTokens();
    }
    return new Usage(usage.promptTokens(), usage.completionTokens(), cachedTokens);
  }

  private static DecodeCompleted whole(DecodeCompleted answer) {
    for (DecodeCompleted.Choice choice : answer.choices()) {
      FunctionClient.givenUp(choice.finishReason());
    }
    return answer;
  }

  /** A whole answer as one piece per choice. */
  static DecodeChunk piece(DecodeCompleted answer, DecodeCompleted.Choice choice) {
    return new DecodeChunk(choice.index(), choice.tokenIds(), choice.text(), choice.logprobs(),
        answer.promptLogprobs(), choice.finishReason(), choice.stopReason(), null, null);
  }
}
