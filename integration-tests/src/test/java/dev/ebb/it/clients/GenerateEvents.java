package dev.ebb.it.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.TestModel;

/** The event that every CloudEvents client posts here, and what its reply must be. */
final class GenerateEvents {
  static final String TYPE = "dev.ebb.generate.requested";
  static final String REPLY_TYPE = "dev.ebb.generate.completed";
  static final String DATA =
      "{\"model\":\"" + TestModel.ID + "\",\"prompt\":\"The capital of France is\",\"max_tokens\":4,\"temperature\":0}";

  private GenerateEvents() {}

  static void checkReply(String type, JsonNode data) {
    assertEquals(REPLY_TYPE, type);
    assertEquals(4, data.at("/usage/completion_tokens").asInt(), data::toString);
    assertFalse(data.at("/choices/0/text").asText().isEmpty(), data::toString);
  }
}
