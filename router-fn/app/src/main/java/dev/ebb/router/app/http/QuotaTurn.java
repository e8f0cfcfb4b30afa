package dev.ebb.router.app.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.events.ErrorBody;
import dev.ebb.events.EventJson;
import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.quota.QuotaWait;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * Looks after one request while it may wait for quota: tells whoever listens where it stands, and gives it to another
 * model, or refuses it, where the settings say so. Confined to the connection's context.
 */
public final class QuotaTurn {
  private static final long LOOK_MS = 250;

  private final Degrade degrade;
  private final RoutingContext context;
  private final Exchange exchange;
  private final Answer answer;
  private final Api api;
  private final byte[] body;
  private final Vertx vertx;
  private final boolean passedOn;
  private boolean elsewhere;
  private long timer = -1;

  /**
   * A turn that is yet to begin.
   *
   * @param body the request's own, to be given to another router; of no use where none stands in
   */
  QuotaTurn(Degrade degrade, RoutingContext context, Exchange exchange, Answer answer, Api api, byte[] body) {
    this.degrade = degrade;
    this.context = context;
    this.exchange = exchange;
    this.answer = answer;
    this.api = api;
    this.body = body;
    vertx = context.vertx();
    passedOn = context.request().headers().contains(Degrade.FROM_HEADER);
  }

  /** What happens to a request that goes another way. */
  interface Ways {
    /** Told often while the answer waits for quota, and when it does no more. */
    void waits(Optional<QuotaWait> waiting);

    /** Whether somebody else may still answer. */
    boolean free();

    void elsewhere(HttpClientResponse head, QuotaWait why);

    void fails(Throwable cause);
  }

  /** What this model answers. */
  public Answer answer() {
    return answer;
  }

  /** Whether another model answers. */
  public boolean elsewhere() {
    return elsewhere;
  }

  /** What the answer of another model says of itself. */
  String says(QuotaWait why) {
    return degrade.header(why);
  }

  /** Begins to look, until {@link #end}; does nothing where no quota is. */
  void watch(Ways ways) {
    if (degrade.queues()) {
      timer = vertx.setPeriodic(LOOK_MS, fired -> look(ways));
      look(ways);
    }
  }

  void end() {
    if (timer >= 0) {
      vertx.cancelTimer(timer);
      timer = -1;
    }
  }

  /** The whole answer, from here or from elsewhere. */
  public Future<ObjectNode> whole() {
    Promise<ObjectNode> end = Promise.promise();
    watch(new Ways() {
      @Override
      public void waits(Optional<QuotaWait> waiting) {
        // Who gets the answer whole cannot be told anything before.
      }

      @Override
      public boolean free() {
        return true;
      }

      @Override
      public void elsewhere(HttpClientResponse head, QuotaWait why) {
        head.body().map(bytes -> read(head.statusCode(), bytes.getBytes()))
            .onSuccess(json -> context.response().putHeader(Degrade.HEADER, degrade.header(why)))
            .onComplete(read -> complete(end, read.result(), read.cause()));
      }

      @Override
      public void fails(Throwable cause) {
        end.tryFail(cause);
      }
    });
    answer.whole().onComplete(done -> {
      end();
      if (!elsewhere) {
        complete(end, done.result(), done.cause());
      }
    });
    return end.future();
  }

  /** Reads the whole answer of another router. */
  static ObjectNode read(int status, byte[] bytes) {
    try {
      if (status == 200) {
        return EventJson.read(bytes, ObjectNode.class);
      }
      ErrorBody.Detail error = EventJson.read(bytes, ErrorBody.class).error();
      throw status < 500 && status != 429
          ? Refusal.invalid(error.param(), error.code(), error.message())
          : Refusal.later(Kind.UNAVAILABLE, error.code(), error.message(), 1_000);
    } catch (InvalidParameterException e) {
      throw Refusal.later(Kind.UNAVAILABLE, "degrade_failed",
          "The router of the model that stands in answered with status " + status + " and no error of its own.", 1_000);
    }
  }

  private static void complete(Promise<ObjectNode> end, ObjectNode result, Throwable cause) {
    if (cause == null) {
      end.tryComplete(result);
    } else {
      end.tryFail(cause);
    }
  }

  private void look(Ways ways) {
    Optional<QuotaWait> waiting = answer.waiting();
    if (waiting.isPresent() && ways.free() && !elsewhere) {
      degrade.choose(passedOn).ifPresent(choice -> go(choice, ways));
    }
    // A line sends the head, after which no header can say who answers.
    if (!elsewhere) {
      ways.waits(waiting);
    }
  }

  private void go(Degrade.Choice choice, Ways ways) {
    end();
    elsewhere = true;
    switch (choice) {
      case Degrade.Choice.No no -> {
        answer.cancel(no.refusal());
        ways.fails(no.refusal());
      }
      case Degrade.Choice.Elsewhere to -> {
        answer.cancel(Refusal.of(Kind.INTERNAL, null, "answered_elsewhere", "Another model answers."));
        pass(to.why(), ways);
      }
    }
  }

  private void pass(QuotaWait why, Ways ways) {
    exchange.passedOn(ways::fails);
    degrade.send(api, body, call -> exchange.passedOn(refusal -> {
      // First, so that the caller is told this reason and not that the connection went.
      ways.fails(refusal);
      call.reset();
    })).onSuccess(head -> {
      if (exchange.open()) {
        ways.elsewhere(head, why);
      }
    }).onFailure(ways::fails);
  }
}
