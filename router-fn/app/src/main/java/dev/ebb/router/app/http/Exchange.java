package dev.ebb.router.app.http;

import dev.ebb.events.Usage;
import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.call.Trail;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Consumer;

/**
 * One request for an answer and its connection: notices when the caller leaves or the time is over, and counts the
 * end once. Confined to the connection's context.
 */
public final class Exchange implements InFlight.Request {
  /** What nginx logs when the caller closed the connection. */
  static final int CALLER_LEFT = 499;

  private final RoutingContext context;
  private final InFlight inFlight;
  private final RouterMetrics metrics;
  private final String model;
  private final long startedNs = System.nanoTime();
  private final Context loop;
  private final long timer;
  private Api api;
  private Consumer<Refusal> giveUp = why -> { };
  private volatile Consumer<Boolean> afterwards = sent -> { };
  private Refusal over;
  private boolean ended;

  /**
   * @param api null while it is not known: an event's data says which
   * @throws Refusal when the router takes no more requests
   */
  public Exchange(RoutingContext context, InFlight inFlight, RouterMetrics metrics, String model, Api api,
      long timeoutMs) {
    this.context = context;
    this.inFlight = inFlight;
    this.metrics = metrics;
    this.model = model;
    this.api = api;
    loop = context.vertx().getOrCreateContext();
    inFlight.begin(this);
    timer = context.vertx().setTimer(timeoutMs, fired -> over(Refusal.of(Kind.TIMEOUT, null, "request_timeout",
        "The answer took longer than " + timeoutMs / 1000 + " s (EBB_REQUEST_TIMEOUT_SECONDS).")));
    context.addEndHandler(end -> {
      if (end.failed()) {
        left();
      } else {
        // What Quarkus refused on the way has not been counted yet.
        end(context.response().getStatusCode());
      }
      afterwards.accept(end.succeeded());
    });
    if (context.response().closed()) {
      left();
    }
  }

  /** Says which API the event's data asks for. */
  public void asks(Api asked) {
    api = asked;
  }

  /** Runs on the connection's context. */
  public void run(Runnable work) {
    loop.runOnContext(ignored -> work.run());
  }

  /** Runs once the connection is done with the request, told whether all of the response could be sent. */
  public void afterwards(Consumer<Boolean> work) {
    afterwards = work;
  }

  /** False when it is over already: then the answer must not be begun. */
  public boolean open() {
    return over == null;
  }

  /** Why it is over; null while it is not. */
  public Refusal over() {
    return over;
  }

  public void begun(Answer begun) {
    giveUp = begun::cancel;
  }

  /** Somebody else answers; that is what is to be broken off if the caller leaves. */
  void passedOn(Consumer<Refusal> breakOff) {
    giveUp = breakOff;
    if (over != null) {
      breakOff.accept(over);
    }
  }

  long elapsedMs() {
    return (System.nanoTime() - startedNs) / 1_000_000;
  }

  /** Counts the end of an answered request; true when nothing ended it before. */
  public boolean answered(Usage usage) {
    metrics.answered(model, usage);
    return end(200);
  }

  /** Counts the end of a request that another router answered; true when nothing ended it before. */
  public boolean answeredElsewhere() {
    return end(200);
  }

  /** Counts the end of a refused request, and says what to tell its caller. */
  public Refusal refused(Throwable cause) {
    Refusal refusal = Errors.of(cause, context);
    end(Errors.status(refusal));
    return refusal;
  }

  /** Counts the end; true the first time. */
  boolean end(int status) {
    if (ended) {
      return false;
    }
    ended = true;
    inFlight.end(this);
    context.vertx().cancelTimer(timer);
    metrics.ended(model, api == null ? "event" : api.label(), status, elapsedMs());
    return true;
  }

  /** Answers with a refusal, unless the caller is gone. */
  void refuse(Throwable cause) {
    Refusal refusal = Errors.of(cause, context);
    if (end(Errors.status(refusal))) {
      Errors.write(context, refusal);
    }
  }

  /**
   * Says in headers where the answer came from. {@code x-ebb-cached-tokens} is there only when the count is known by
   * then: not on a stream that decode serves alone, whose head goes out before decode says how much it found.
   */
  public void tell(Answer answer) {
    HttpServerResponse response = context.response();
    List<Trail> trails = answer.trails();
    tellPlacement(answer);
    response.putHeader("x-ebb-cold-start-ms", Long.toString(waitedMs(answer)));
    if (trails.stream().allMatch(trail -> trail.cachedTokens() >= 0)) {
      int cached = trails.stream().mapToInt(Trail::cachedTokens).sum();
      response.putHeader("x-ebb-cached-tokens", Integer.toString(cached));
    }
    countWait(answer);
  }

  /** The part of {@link #tell} that is known while the answer still waits for quota. */
  void tellPlacement(Answer answer) {
    boolean prefill = answer.trails().stream().anyMatch(trail -> trail.placement().prefill());
    context.response().putHeader("x-ebb-placement", prefill ? "prefill+decode" : "decode");
  }

  /** Counts the time that an answer waited for functions. */
  void countWait(Answer answer) {
    long waited = waitedMs(answer);
    if (waited > 0) {
      metrics.waited(model, waited);
    }
  }

  private static long waitedMs(Answer answer) {
    return answer.trails().stream().mapToLong(Trail::waitedMs).max().orElse(0);
  }

  @Override
  public void giveUp(Refusal why) {
    run(() -> over(why));
  }

  private void left() {
    // Counted first: giving the answer up ends it too.
    end(CALLER_LEFT);
    over(Refusal.of(Kind.INTERNAL, null, "caller_left", "The caller closed the connection."));
  }

  private void over(Refusal why) {
    if (over == null) {
      over = why;
      giveUp.accept(why);
    }
  }
}
