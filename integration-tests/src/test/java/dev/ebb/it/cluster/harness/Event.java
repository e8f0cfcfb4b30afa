package dev.ebb.it.cluster.harness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A CloudEvent with data in JSON.
 *
 * @param attributes all of them, in the order in which they came
 */
public record Event(Map<String, String> attributes, JsonNode data) {
  private static final String REQUESTED = "dev.ebb.generate.requested";

  /** A request for an answer, of an id that was never there before. */
  public static Event request(String source, Map<String, Object> data) {
    Map<String, String> attributes = new LinkedHashMap<>(Map.of("specversion", "1.0", "type", REQUESTED,
        "id", UUID.randomUUID().toString(), "source", source));
    return new Event(attributes, Api.JSON.valueToTree(data));
  }

  /** The same with one attribute more, or another. */
  public Event with(String attribute, String value) {
    Map<String, String> changed = new LinkedHashMap<>(attributes);
    changed.put(attribute, value);
    return new Event(changed, data);
  }

  public String attribute(String name) {
    return attributes.getOrDefault(name, "");
  }

  public String id() {
    return attribute("id");
  }

  /** Posts it in binary mode; whoever takes it says so at once. */
  public Api.Reply post(Api receiver, String path) {
    var request = receiver.request(path).header("content-type", "application/json");
    attributes.forEach((name, value) -> request.header("ce-" + name, value));
    Api.Reply reply = receiver.send(request.POST(BodyPublishers.ofString(data.toString())).build());
    if (reply.status() / 100 != 2) {
      throw new AssertionError(path + " answered " + reply.status() + " " + reply.headers() + ": " + reply.text());
    }
    return reply;
  }
}
