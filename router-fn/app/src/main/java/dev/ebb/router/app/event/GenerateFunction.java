package dev.ebb.router.app.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.events.EventTypes;
import dev.ebb.router.app.call.Answer;
import dev.ebb.router.app.call.Answers;
import dev.ebb.router.app.call.Preparation;
import dev.ebb.router.app.call.PreparedRequest;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.http.Exchange;
import dev.ebb.router.app.http.InFlight;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.reply.ReplyHead;
import dev.ebb.router.request.Refusal;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Answers {@code dev.ebb.generate.requested} with {@code dev.ebb.generate.completed}. */
@ApplicationScoped
public class GenerateFunction {
  private static final String LOOP = "ebb.loop";
  private static final String SOURCE = "/ebb/router";

  private final Preparation preparation;
  private final Answers answers;
  private final RouterSettings settings;
  private final RouterMetrics metrics;
  private final InFlight inFlight;
  private final CurrentVertxRequest current;

  GenerateFunction(Preparation preparation, Answers answers, RouterSettings settings, RouterMetrics metrics,
      InFlight inFlight, CurrentVertxRequest current) {
    this.preparation = preparation;
    this.answers = answers;
    this.settings = settings;
    this.metrics = metrics;
    this.inFlight = inFlight;
    this.current = current;
  }

  /** Keeps the connection's event loop, which Funqy leaves for a thread of its own. */
  static void rememberLoop(RoutingContext context) {
    context.put(LOOP, context.vertx().getOrCreateContext());
  }

  /** Data in: an OpenAI request body, chat if it has messages. Data out: the OpenAI response body. */
  @Funq("dev-ebb-generate")
  @CloudEventMapping(trigger = EventTypes.GENERATE_REQUESTED)
  public Uni<CloudEvent<JsonNode>> generate(CloudEvent<JsonNode> event) {
    RoutingContext context = current.getCurrent();
    PreparedRequest prepared = preparation.prepare(event.data());
    return Uni.createFrom().<JsonNode>emitter(emitter -> context.<Context>get(LOOP)
            .runOnContext(ignored -> answer(context, prepared, emitter)))
        .map(body -> CloudEventBuilder.create()
            .specVersion("1.0")
            .id(body.path("id").asText())
            .source(SOURCE)
            .type(EventTypes.GENERATE_COMPLETED)
            .subject(event.id())
            .time(OffsetDateTime.now(ZoneOffset.UTC))
            .build(body));
  }

  private void answer(RoutingContext context, PreparedRequest prepared, UniEmitter<? super JsonNode> emitter) {
    Exchange exchange;
    try {
      exchange = new Exchange(context, inFlight, metrics, settings.modelId(), prepared.body().api(),
          settings.requestTimeoutMs());
    } catch (Refusal e) {
      emitter.fail(e);
      return;
    }
    if (!exchange.open()) {
      emitter.fail(exchange.refused(exchange.over()));
      return;
    }
    Answer answer = answers.begin(prepared, context.vertx().getOrCreateContext());
    exchange.begun(answer);
    answer.whole()
        .onSuccess(body -> {
          exchange.tell(answer);
          exchange.answered(ReplyHead.counts(body));
          emitter.complete(body);
        })
        .onFailure(cause -> emitter.fail(exchange.refused(cause)));
  }
}
