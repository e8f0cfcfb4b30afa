package dev.ebb.router.app.http;

import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.call.Answers;
import dev.ebb.router.app.call.PreparedRequest;
import dev.ebb.router.request.Refusal;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Begins the answer to a call or to an event. */
@ApplicationScoped
public class AnswerStart {
  private final Answers answers;
  private final Degrade degrade;
  private final HeldBodies bodies;

  AnswerStart(Answers answers, Degrade degrade, HeldBodies bodies) {
    this.answers = answers;
    this.degrade = degrade;
    this.bodies = bodies;
  }

  /**
   * On the connection's context.
   *
   * @param body the request's own, to be given to another router; of no use where none stands in
   * @throws Refusal when the request was over before, or its answer has no room beside others
   */
  public QuotaTurn begin(RoutingContext context, Exchange exchange, PreparedRequest prepared, byte[] body) {
    if (!exchange.open()) {
      throw exchange.over();
    }
    bodies.hold(context, prepared.answerBytes());
    Answer answer = answers.begin(prepared, context.vertx().getOrCreateContext());
    exchange.begun(answer);
    return new QuotaTurn(degrade, context, exchange, answer, prepared.head().api(), body);
  }
}
