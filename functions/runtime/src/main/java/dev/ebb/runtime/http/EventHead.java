package dev.ebb.runtime.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.events.EventJson;
import dev.ebb.events.Work;
import dev.ebb.runtime.work.RefusedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * A CloudEvent as it arrived by HTTP, its required attributes checked.
 *
 * @param data JSON bytes
 */
record EventHead(String id, String source, String type, byte[] data) {
  private static final String JSON = "application/json";
  private static final String STRUCTURED = "application/cloudevents+json";

  /**
   * Reads an event in binary or structured mode.
   *
   * @throws RefusedException 400 naming a missing attribute, 415 for other content
   */
  static EventHead of(RoutingContext context) {
    HttpServerRequest request = context.request();
    String contentType = request.getHeader("content-type");
    String media = contentType == null ? "" : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    Buffer body = context.body().buffer();
    byte[] bytes = body == null ? new byte[0] : body.getBytes();
    if (request.headers().contains("ce-id") || !media.equals(STRUCTURED)) {
      return binary(request, media, bytes);
    }
    return structured(context, bytes);
  }

  private static EventHead binary(HttpServerRequest request, String media, byte[] bytes) {
    if (media.startsWith("application/cloudevents")) {
      throw RefusedException.invalid(415, null, "unsupported_media_type",
          "one CloudEvent a request, in binary mode or as " + STRUCTURED + ", not " + media);
    }
    EventHead head = attributes(name -> request.getHeader("ce-" + name), "header ce-", bytes);
    if (!media.equals(JSON)) {
      throw notJson(media.isEmpty() ? "no content type" : media);
    }
    if (bytes.length == 0) {
      throw noData();
    }
    return head;
  }

  private static RefusedException notJson(String content) {
    return RefusedException.invalid(415, null, "unsupported_media_type",
        "the event's data must be " + JSON + ", got " + content);
  }

  private static EventHead structured(RoutingContext context, byte[] bytes) {
    JsonNode event = json(bytes);
    EventHead head = attributes(name -> event.path(name).asText(null), "attribute ", new byte[0]);
    String content = event.path("datacontenttype").asText(JSON);
    if (!content.startsWith(JSON)) {
      throw notJson(content);
    }
    return new EventHead(head.id, head.source, head.type, EventJson.write(data(context, (ObjectNode) event)));
  }

  /** The data; where they are in Base64 the body is rewritten, for Funqy takes JSON data as JSON alone. */
  private static JsonNode data(RoutingContext context, ObjectNode event) {
    if (event.path("data_base64").isTextual()) {
      try {
        event.set("data", json(Base64.getDecoder().decode(event.remove("data_base64").textValue())));
      } catch (IllegalArgumentException e) {
        throw RefusedException.invalid(400, "data_base64", "invalid_value", "data_base64 is not Base64");
      }
      ((RoutingContextInternal) context).setBody(Buffer.buffer(EventJson.write(event)));
    }
    if (!event.has("data")) {
      throw noData();
    }
    return event.get("data");
  }

  private static RefusedException noData() {
    return RefusedException.invalid(400, "data", "missing_attribute", "the CloudEvent has no data");
  }

  private static JsonNode json(byte[] bytes) {
    try {
      return EventJson.MAPPER.readTree(bytes);
    } catch (IOException e) {
      throw EventJson.invalid(e);
    }
  }

  private static EventHead attributes(UnaryOperator<String> attribute, String kind, byte[] data) {
    String version = required(attribute, "specversion", kind);
    if (!version.equals("1.0")) {
      throw RefusedException.invalid(400, "specversion", "invalid_value",
          "specversion must be 1.0, got " + version);
    }
    return new EventHead(required(attribute, "id", kind), required(attribute, "source", kind),
        required(attribute, "type", kind), data);
  }

  private static String required(UnaryOperator<String> attribute, String name, String kind) {
    String value = attribute.apply(name);
    if (value == null || value.isBlank()) {
      throw RefusedException.invalid(400, name, "missing_attribute",
          "the CloudEvent lacks its required " + kind + name);
    }
    return value;
  }

  /** The data as work. */
  Work work() {
    return EventJson.read(data, Work.class);
  }
}
