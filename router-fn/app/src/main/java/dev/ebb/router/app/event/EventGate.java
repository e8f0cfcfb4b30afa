package dev.ebb.router.app.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.http.Exchange;
import dev.ebb.router.app.http.InFlight;
import dev.ebb.router.app.metrics.RouterMetrics;
import dev.ebb.router.app.openai.CallersJson;
import dev.ebb.router.request.Refusal;
import dev.ebb.router.request.Refusal.Kind;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Lets only events through to Funqy that the function behind it can answer, and says what is wrong with the rest. */
@ApplicationScoped
public class EventGate implements Handler<RoutingContext> {
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String JSON = "application/json";
  private static final String[] REQUIRED = {"specversion", "id", "source", "type"};
  private static final String[] OPTIONAL = {"datacontenttype", "dataschema", "subject", "time"};

  private final InFlight inFlight;
  private final RouterMetrics metrics;
  private final RouterSettings settings;
  private final SeenEvents seen;

  EventGate(InFlight inFlight, RouterMetrics metrics, RouterSettings settings, SeenEvents seen) {
    this.inFlight = inFlight;
    this.metrics = metrics;
    this.settings = settings;
    this.seen = seen;
  }

  @Override
  public void handle(RoutingContext context) {
    try {
      Exchange exchange =
          new Exchange(context, inFlight, metrics, settings.modelId(), null, settings.requestTimeoutMs());
      GenerateFunction.remember(context, exchange);
      String event = check(context).key();
      if (context.request().headers().contains(EventTypes.AGAIN_HEADER)) {
        context.next();
        return;
      }
      seen.claim(event).thenAccept(fresh -> exchange.run(() -> {
        if (fresh) {
          pass(context, exchange, event);
        } else {
          duplicate(context, exchange);
        }
      }));
    } catch (Refusal e) {
      context.fail(e);
    }
  }

  private void pass(RoutingContext context, Exchange exchange, String event) {
    if (!exchange.open()) {
      // It waited for another delivery, and its caller has left or its time is over.
      seen.end(event, false);
      context.fail(exchange.over());
      return;
    }
    exchange.afterwards(sent -> seen.end(event, sent && context.response().getStatusCode() == 200));
    context.next();
  }

  /** Success without an event: a Broker sends no second reply on, and does not deliver again. */
  private void duplicate(RoutingContext context, Exchange exchange) {
    metrics.duplicate(settings.modelId());
    if (exchange.open() && !context.response().closed()) {
      context.response().setStatusCode(204).end();
    }
  }

  /** Checks an event, and says which it is. */
  private static EventIdentity check(RoutingContext context) {
    String contentType = context.request().getHeader("content-type");
    String media = media(contentType);
    if (contentType != null && !contentType.startsWith(media)) {
      // Media types ignore case; Funqy does not.
      context.request().headers().set("content-type", media);
    }
    // Funqy tells the modes apart in this order, so the gate must too.
    if (context.request().headers().contains("ce-id") || !media.equals(STRUCTURED)) {
      binary(context, media);
      return new EventIdentity(context.request().getHeader("ce-source"), context.request().getHeader("ce-id"));
    }
    ObjectNode event = structured(context);
    return new EventIdentity(event.path("source").asText(), event.path("id").asText());
  }

  /** The type and subtype, in lower case. */
  private static String media(String contentType) {
    return contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static void binary(RoutingContext context, String media) {
    if (media.startsWith("application/cloudevents")) {
      throw Refusal.of(Kind.UNSUPPORTED, null, "unsupported_media_type",
          "Send one CloudEvent a request, in binary mode or as " + STRUCTURED + ", not " + media + ".");
    }
    attributes(name -> context.request().getHeader("ce-" + name), "header ce-");
    checkJson(media.isEmpty() ? "no content type" : media);
    Buffer body = context.body().buffer();
    if (body == null || body.length() == 0) {
      throw noData();
    }
  }

  private static ObjectNode structured(RoutingContext context) {
    Buffer body = context.body().buffer();
    JsonNode json;
    try {
      json = CallersJson.MAPPER.readTree(body == null ? new byte[0] : body.getBytes());
    } catch (IOException e) {
      throw CallersJson.tooMany(e).orElseGet(() -> Refusal.invalid(null, "invalid_json",
          "The event is not valid JSON: " + EventJson.invalid(e).getMessage()));
    }
    if (!(json instanceof ObjectNode event)) {
      throw Refusal.invalid(null, "invalid_type", "A structured event must be a JSON object.");
    }
    boolean changed = makePlain(event);
    if (!event.has("data")) {
      throw noData();
    }
    if (changed) {
      ((RoutingContextInternal) context).setBody(Buffer.buffer(EventJson.write(event)));
    }
    return event;
  }

  /** Gives the event the one of its forms that Funqy reads: no null attributes, and JSON data as JSON. */
  private static boolean makePlain(ObjectNode event) {
    // The JSON format says that a null attribute is an absent one; null data is data.
    boolean changed = event.properties().removeIf(entry -> entry.getValue().isNull() && !entry.getKey().equals("data"));
    checkTexts(event);
    attributes(name -> event.path(name).textValue(), "attribute ");
    String media = event.path("datacontenttype").asText(JSON);
    checkJson(media(media));
    if (!media.startsWith(JSON)) {
      event.put("datacontenttype", JSON);
      changed = true;
    }
    if (event.path("data_base64").isTextual()) {
      decode(event);
      changed = true;
    }
    return changed;
  }

  private static void checkTexts(ObjectNode event) {
    Stream.of(REQUIRED, OPTIONAL).flatMap(Stream::of).forEach(name -> {
      if (event.has(name) && !event.get(name).isTextual()) {
        throw Refusal.invalid(name, "invalid_type",
            "The event's attribute " + name + " must be a string, got " + event.get(name) + ".");
      }
    });
  }

  private static void checkJson(String media) {
    if (!media.equals(JSON)) {
      throw Refusal.of(Kind.UNSUPPORTED, "datacontenttype", "unsupported_media_type",
          "The event's data must be " + JSON + ", got " + media + ".");
    }
  }

  private static void decode(ObjectNode event) {
    try {
      byte[] data = Base64.getDecoder().decode(event.remove("data_base64").textValue());
      event.set("data", CallersJson.MAPPER.readTree(data));
    } catch (IllegalArgumentException e) {
      throw Refusal.invalid("data_base64", "invalid_value", "data_base64 is not Base64.");
    } catch (IOException e) {
      throw CallersJson.tooMany(e).orElseGet(() ->
          Refusal.invalid("data_base64", "invalid_json", EventJson.invalid(e).getMessage()));
    }
  }

  private static void attributes(UnaryOperator<String> attribute, String kind) {
    for (String name : REQUIRED) {
      String value = attribute.apply(name);
      if (value == null || value.isBlank()) {
        throw Refusal.invalid(name, "missing_attribute",
            "POST / takes a CloudEvent: its " + kind + name + " is missing. For the OpenAI API use /v1/...");
      }
    }
    if (!attribute.apply("specversion").equals("1.0")) {
      throw Refusal.invalid("specversion", "invalid_value",
          "specversion must be 1.0, got " + attribute.apply("specversion") + ".");
    }
    if (!attribute.apply("type").equals(EventTypes.GENERATE_REQUESTED)) {
      throw Refusal.of(Kind.NOT_FOUND, "type", "unknown_event_type", "No function here takes events of type "
          + attribute.apply("type") + "; send " + EventTypes.GENERATE_REQUESTED + ".");
    }
  }

  private static Refusal noData() {
    return Refusal.invalid("data", "missing_required_parameter",
        "The event has no data; put the JSON body of a chat or completion request there.");
  }
}
