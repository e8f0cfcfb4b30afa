package dev.ebb.router.app.http;

import dev.ebb.router.app.call.Preparation;
import dev.ebb.router.app.call.PreparedRequest;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.Api;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.request.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;

/** {@code /v1/chat/completions} and {@code /v1/completions}, streamed and not. */
@ApplicationScoped
public class GenerateEndpoint {
  private final Preparation preparation;
  private final RouterMetrics metrics;
  private final RouterSettings settings;
  private final InFlight inFlight;
  private final Degrade degrade;
  private final AnswerStart start;

  GenerateEndpoint(Preparation preparation, AnswerStart start, RouterMetrics metrics, RouterSettings settings,
      InFlight inFlight, Degrade degrade) {
    this.preparation = preparation;
    this.metrics = metrics;
    this.settings = settings;
    this.inFlight = inFlight;
    this.degrade = degrade;
    this.start = start;
  }

  void handle(Api api, RoutingContext context) {
    Exchange exchange = new Exchange(context, inFlight, metrics, settings.modelId(), api, settings.requestTimeoutMs());
    byte[] body = bytes(context);
    context.vertx().getOrCreateContext().executeBlocking(() -> preparation.prepare(api, body), false)
        .onSuccess(prepared -> begin(exchange, context, prepared, degrade.kept(() -> body)))
        .onFailure(exchange::refuse);
  }

  /** The body, which the context gives away: it lives to the end of the answer, and nobody reads it again. */
  static byte[] bytes(RoutingContext context) {
    Buffer body = context.body().buffer();
    ((RoutingContextInternal) context).setBody(null);
    return body == null ? new byte[0] : body.getBytes();
  }

  private void begin(Exchange exchange, RoutingContext context, PreparedRequest prepared, byte[] body) {
    QuotaTurn turn;
    try {
      turn = start.begin(context, exchange, prepared, body);
    } catch (Refusal why) {
      exchange.refuse(why);
      return;
    }
    if (prepared.head().output().stream()) {
      new StreamDelivery(exchange, context, turn, metrics, settings.modelId()).begin();
    } else {
      whole(exchange, context, turn);
    }
  }

  private void whole(Exchange exchange, RoutingContext context, QuotaTurn turn) {
    turn.whole()
        .onSuccess(body -> {
          boolean first = turn.elsewhere()
              ? exchange.answeredElsewhere() : exchange.answered(ReplyHead.counts(body));
          if (first) {
            if (!turn.elsewhere()) {
              exchange.tell(turn.answer());
            }
            context.response().putHeader("content-type", "application/json").end(body.toString());
          }
        })
        .onFailure(exchange::refuse);
  }
}
