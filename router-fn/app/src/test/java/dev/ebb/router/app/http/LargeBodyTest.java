package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies within the limit on bytes that would take much memory all the same. */
@QuarkusTest
@TestProfile(LargeBodyTest.Profile.class)
class LargeBodyTest {
  private static final String EVENT = "'specversion': '1.0', 'id': 'e', 'source': '/test', "
      + "'type': 'dev.ebb.generate.requested', ";
  /** A million ends of objects, but for the rest of a document. */
  private static final String MANY = "[" + "{},".repeat(500_000) + "{}]";

  /** As its parent, with room for large bodies. */
  public static class Profile extends RouterProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      Map<String, String> all = new HashMap<>(super.getConfigOverrides());
      all.put("ebb.max.body.bytes", "3000000");
      all.put("quarkus.http.limits.max-body-size", "3000000");
      return all;
    }
  }

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @Test
  void aBodyOfTooManyPartsIsRefusedWithTheLimit() {
    refused(Client.post("/v1/chat/completions", "{'messages': " + MANY + "}"));
    refused(Client.post("/v1/completions", "{'prompt': " + MANY + "}"));
    refused(Client.post("/tokenize", "{'messages': " + MANY + "}"));
    refused(Client.post("/", "{'messages': " + MANY + "}", "ce-specversion", "1.0", "ce-id", "many", "ce-source",
        "/test", "ce-type", "dev.ebb.generate.requested"));
    String structured = "application/cloudevents+json";
    refused(Client.post("/", "{" + EVENT + "'data': {'messages': " + MANY + "}}", "content-type", structured));
    String data = Base64.getEncoder().encodeToString(MANY.getBytes(StandardCharsets.UTF_8));
    refused(Client.post("/", "{" + EVENT + "'data_base64': '" + data + "'}", "content-type", structured));
  }

  @Test
  void aLongPromptOfTokenIdsPassesThatLimit() {
    Reply reply = Client.post("/v1/completions", "{'prompt': [" + "9,".repeat(990_000) + "9]}");
    assertEquals("context_length_exceeded", reply.json().at("/error/code").asText(), reply.http()::body);
  }

  private static void refused(Reply reply) {
    assertEquals(400, reply.status(), reply.http()::body);
    assertEquals("too_many_json_tokens", reply.json().at("/error/code").asText(), reply.http()::body);
    assertTrue(reply.json().at("/error/message").asText().contains("more than 1000000 JSON tokens"));
  }
}
