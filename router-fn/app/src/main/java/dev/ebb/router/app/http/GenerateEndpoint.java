package dev.ebb.router.app.http;

import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.call.Answers;
import dev.ebb.router.app.call.Preparation;
import dev.ebb.router.app.call.PreparedRequest;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.request.Refusal;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;

/** {@code /v1/chat/completions} and {@code /v1/completions}, streamed and not. */
@ApplicationScoped
public class GenerateEndpoint {
  private final Preparation preparation;
  private final Answers answers;
  private final RouterMetrics metrics;
  private final RouterSettings settings;
  private final InFlight inFlight;
  private final Degrade degrade;
  private final HeldBodies bodies;

  GenerateEndpoint(Preparation preparation, Answers answers, RouterMetrics metrics, RouterSettings settings,
      InFlight inFlight, Degrade degrade, HeldBodies bodies) {
    this.preparation = preparation;
    this.answers = answers;
    this.metrics = metrics;
    this.settings = settings;
    this.inFlight = inFlight;
    this.degrade = degrade;
    this.bodies = bodies;
  }

  void handle(Api api, RoutingContext context) {
    Exchange exchange = new Exchange(context, inFlight, metrics, settings.modelId(), api, settings.requestTimeoutMs());
    Context loop = context.vertx().getOrCreateContext();
    byte[] body = bytes(context);
    loop.executeBlocking(() -> preparation.prepare(api, body), false)
        .onSuccess(prepared -> begin(exchange, loop, context, prepared, degrade.kept(() -> body)))
        .onFailure(exchange::refuse);
  }

  /** The body, which the context gives away: it lives to the end of the answer, and nobody reads it again. */
  static byte[] bytes(RoutingContext context) {
    Buffer body = context.body().buffer();
    ((RoutingContextInternal) context).setBody(null);
    return body == null ? new byte[0] : body.getBytes();
  }

  private void begin(Exchange exchange, Context loop, RoutingContext context, PreparedRequest prepared, byte[] body) {
    if (!exchange.open()) {
      exchange.refuse(exchange.over());
      return;
    }
    try {
      bodies.hold(context, prepared.answerBytes());
    } catch (Refusal full) {
      exchange.refuse(full);
      return;
    }
    Answer answer = answers.begin(prepared, loop);
    exchange.begun(answer);
    QuotaTurn turn = new QuotaTurn(degrade, context, exchange, answer, prepared.head().api(), body);
    if (prepared.head().output().stream()) {
      new StreamDelivery(exchange, context, answer, turn, metrics, settings.modelId()).begin();
    } else {
      whole(exchange, context, answer, turn);
    }
  }

  private void whole(Exchange exchange, RoutingContext context, Answer answer, QuotaTurn turn) {
    turn.whole()
        .onSuccess(body -> {
          boolean first = turn.elsewhere()
              ? exchange.answeredElsewhere() : exchange.answered(ReplyHead.counts(body));
          if (first) {
            if (!turn.elsewhere()) {
              exchange.tell(answer);
            }
            context.response().putHeader("content-type", "application/json").end(body.toString());
          }
        })
        .onFailure(exchange::refuse);
  }
}
