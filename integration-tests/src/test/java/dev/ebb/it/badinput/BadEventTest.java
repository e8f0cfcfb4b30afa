package dev.ebb.it.badinput;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.EbbInstance;
import dev.ebb.it.harness.EbbProcess;
import dev.ebb.it.harness.SharedEbb;
import dev.ebb.it.harness.TestModel;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents that cannot be served: a 4xx with a reason, from the router and from both functions. */
@ExtendWith(SharedEbb.class)
class BadEventTest {
  private static final String DATA = "{\"model\":\"" + TestModel.ID + "\",\"prompt\":\"Hello\",\"max_tokens\":2}";

  private EbbInstance ebb;
  private List<Server> servers;

  /** A server and the one event type that it knows. */
  private record Server(Api api, String type) {}

  @BeforeEach
  void wakeAll(EbbInstance shared) {
    ebb = shared;
    String story = "A long prompt wakes prefill too. ".repeat(20);
    ebb.api().post("/v1/completions", Map.of("model", TestModel.ID, "prompt", story, "max_tokens", 2)).ok();
    servers = new ArrayList<>(List.of(new Server(ebb.api(), "dev.ebb.generate.requested")));
    for (EbbProcess function : ebb.functions()) {
      servers.add(new Server(
          new Api("http://127.0.0.1:" + function.port()), "dev.ebb." + function.kind() + ".requested"));
    }
  }

  @AfterEach
  void recovered() {
    Aftermath.verify(ebb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ce-specversion", "ce-id", "ce-source", "ce-type"})
  void requiredHeaderMissing(String header) {
    refusedByAll(headers -> headers.remove(header), DATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"specversion", "id", "source", "type"})
  void requiredAttributeMissing(String attribute) {
    for (Server server : servers) {
      Map<String, Object> event = new LinkedHashMap<>(Map.of(
          "specversion", "1.0", "id", "1", "source", "/tests", "type", server.type(), "data", Map.of()));
      event.remove(attribute);
      refused(structured(server, event));
    }
  }

  @Test
  void unknownVersion() {
    refusedByAll(headers -> headers.put("ce-specversion", "9.9"), DATA);
  }

  @Test
  void unknownType() {
    refusedByAll(headers -> headers.put("ce-type", "com.example.unknown"), DATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "7", "{\"model\":\"gpt-99\",\"prompt\":\"a\",\"prompt_token_ids\":[1]}",
      "{\"prompt_token_ids\":\"x\",\"prompt\":{}}"})
  void dataThatIsNoRequest(String data) {
    refusedByAll(headers -> {}, data);
  }

  @Test
  void structuredBodyThatIsNoJson() {
    for (Server server : servers) {
      refused(server.api().post("/", "application/cloudevents+json", "{\"specversion\":"));
    }
  }

  @Test
  void batchOfEvents() {
    for (Server server : servers) {
      refused(server.api().post("/", "application/cloudevents-batch+json", "[]"));
    }
  }

  private void refusedByAll(Consumer<Map<String, String>> change, String data) {
    for (Server server : servers) {
      Map<String, String> headers = new LinkedHashMap<>(Map.of("ce-specversion", "1.0", "ce-id", "1",
          "ce-source", "/tests", "ce-type", server.type(), "content-type", "application/json"));
      change.accept(headers);
      HttpRequest.Builder request = server.api().request("/").POST(BodyPublishers.ofString(data));
      headers.forEach(request::header);
      refused(server.api().send(request.build()));
    }
  }

  private static Api.Reply structured(Server server, Map<String, Object> event) {
    try {
      return server.api().post("/", "application/cloudevents+json", Api.JSON.writeValueAsString(event));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void refused(Api.Reply reply) {
    assertTrue(reply.status() >= 400 && reply.status() < 500, () -> reply.status() + " " + reply.text());
    assertFalse(reply.json().at("/error/message").asText().isBlank(), reply::text);
  }
}
