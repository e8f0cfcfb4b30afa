package dev.ebb.cli.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Tells that an event was refused for good. */
final class FailedEvent {
  private static final String TYPE = "dev.ebb.generate.failed";

  private FailedEvent() {}

  /**
   * The event that answers a refused one, with the attributes of CloudEvents' correlation extension. The same event
   * fails by the same id, so that who tells events apart by source and id hears of it once.
   */
  static ObjectNode of(JsonNode refused, JsonNode error) {
    String id = refused.path("id").asText();
    String identity = refused.path("source").asText() + "\n" + id;
    ObjectNode failed = JsonNodeFactory.instance.objectNode().put("specversion", "1.0")
        .put("id", UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8)).toString())
        .put("source", "/ebb/batch").put("type", TYPE).put("subject", id).put("causationid", id)
        .put("correlationid", refused.path("correlationid").asText(id)).put("datacontenttype", "application/json");
    failed.set("data", error);
    return failed;
  }
}
