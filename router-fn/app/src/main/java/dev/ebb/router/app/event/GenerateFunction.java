package dev.ebb.router.app.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.router.app.call.Preparation;
import dev.ebb.router.app.call.PreparedRequest;
import dev.ebb.router.app.http.AnswerStart;
import dev.ebb.router.app.http.Degrade;
import dev.ebb.router.app.http.Exchange;
import dev.ebb.router.app.http.QuotaTurn;
import dev.ebb.router.app.openai.BodyReader;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.request.Refusal;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/** Answers {@code dev.ebb.generate.requested} with {@code dev.ebb.generate.completed}. */
@ApplicationScoped
public class GenerateFunction {
  private static final String EXCHANGE = "ebb.exchange";
  private static final String SOURCE = "/ebb/router";
  private static final String CORRELATION = "correlationid";

  private final Preparation preparation;
  private final AnswerStart start;
  private final Degrade degrade;
  private final CurrentVertxRequest current;

  GenerateFunction(Preparation preparation, AnswerStart start, Degrade degrade, CurrentVertxRequest current) {
    this.degrade = degrade;
    this.preparation = preparation;
    this.start = start;
    this.current = current;
  }

  /** Keeps the exchange, and with it the connection's event loop, which Funqy leaves for a thread of its own. */
  static void remember(RoutingContext context, Exchange exchange) {
    context.put(EXCHANGE, exchange);
  }

  /** Data in: an OpenAI request body, chat if it has messages. Data out: the OpenAI response body. */
  @Funq("dev-ebb-generate")
  @CloudEventMapping(trigger = EventTypes.GENERATE_REQUESTED)
  public Uni<CloudEvent<JsonNode>> generate(CloudEvent<JsonNode> event) {
    RoutingContext context = current.getCurrent();
    Exchange exchange = context.get(EXCHANGE);
    exchange.asks(BodyReader.api(event.data()));
    EventIdentity identity = new EventIdentity(event.source(), event.id());
    PreparedRequest prepared = preparation.prepare(event.data(), identity.seed());
    byte[] data = degrade.kept(() -> EventJson.write(event.data()));
    String subject = event.id();
    Map<String, String> correlation = correlation(event);
    // Not the event: its data would be held to the answer's end.
    return Uni.createFrom().<JsonNode>emitter(
            emitter -> exchange.run(() -> answer(exchange, context, prepared, data, emitter)))
        .map(body -> CloudEventBuilder.create()
            .specVersion("1.0")
            .id(identity.answerId())
            .source(SOURCE)
            .type(EventTypes.GENERATE_COMPLETED)
            .subject(subject)
            .extensions(correlation)
            .time(OffsetDateTime.now(ZoneOffset.UTC))
            .build(body));
  }

  /** Attributes of CloudEvents' correlation extension: what this answers, and the conversation that it belongs to. */
  private static Map<String, String> correlation(CloudEvent<JsonNode> event) {
    String conversation = event.extensions().getOrDefault(CORRELATION, event.id());
    return Map.of("causationid", event.id(), CORRELATION, conversation);
  }

  private void answer(Exchange exchange, RoutingContext context, PreparedRequest prepared, byte[] data,
      UniEmitter<? super JsonNode> emitter) {
    QuotaTurn turn;
    try {
      turn = start.begin(context, exchange, prepared, data);
    } catch (Refusal why) {
      emitter.fail(exchange.refused(why));
      return;
    }
    turn.whole()
        .onSuccess(body -> {
          if (turn.elsewhere()) {
            exchange.answeredElsewhere();
          } else {
            exchange.tell(turn.answer());
            exchange.answered(ReplyHead.counts(body));
          }
          emitter.complete(body);
        })
        .onFailure(cause -> emitter.fail(exchange.refused(cause)));
  }
}
