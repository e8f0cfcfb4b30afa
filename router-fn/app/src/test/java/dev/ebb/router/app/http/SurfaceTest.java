package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Everything but the two generating calls. */
@QuarkusTest
@TestProfile(RouterProfile.class)
class SurfaceTest {

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @Test
  void modelsAreListedWhetherOrNotTheirFunctionsRun() {
    JsonNode list = Client.get("/v1/models").json();
    assertEquals("list", list.path("object").asText());
    assertEquals("{\"id\":\"tiny\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"ebb\",\"root\":\"tiny\","
        + "\"parent\":null,\"max_model_len\":512}", list.at("/data/0").toString());
    assertEquals(list.at("/data/0"), Client.get("/v1/models/tiny").json());
    Reply slash = Client.get("/v1/models/org%2Ftiny");
    assertTrue(slash.json().at("/error/message").asText().contains("org/tiny"), slash.http()::body);
  }

  @Test
  void tokenizeHasVllmsFields() {
    assertEquals("{\"count\":3,\"max_model_len\":512,\"tokens\":[97,32,98],\"token_strs\":null}",
        Client.post("/tokenize", "{'prompt': 'a b'}").http().body());
    assertEquals("{\"count\":3,\"max_model_len\":512,\"tokens\":[97,32,98],\"token_strs\":[\"a\",\"Ġ\",\"b\"]}",
        Client.post("/tokenize", "{'model': 'tiny', 'prompt': 'a b', 'return_token_strs': true}").http().body());
  }

  @Test
  void aConversationIsTokenizedAsItWouldBeSent() {
    JsonNode open = Client.post("/tokenize", "{'messages': [{'role': 'user', 'content': 'hi'}]}").json();
    assertEquals(21, open.path("count").asInt());
    JsonNode closed = Client.post("/tokenize",
        "{'messages': [{'role': 'user', 'content': 'hi'}], 'add_generation_prompt': false}").json();
    assertEquals(10, closed.path("count").asInt());
  }

  @Test
  void detokenizeIsTheWayBack() {
    assertEquals("{\"prompt\":\"<|im_start|>a b\"}",
        Client.post("/detokenize", "{'tokens': [256, 97, 32, 98]}").http().body());
  }

  @Test
  void healthNeedsNoFunction() {
    Fakes.DECODE.ready(false);
    Fakes.PREFILL.ready(false);
    assertEquals(200, Client.get("/q/health/live").status());
    assertEquals(200, Client.get("/q/health/ready").status());
  }

  @Test
  void metricsExistAtZeroOnBothPaths() {
    for (String path : new String[] {"/metrics", "/q/metrics"}) {
      Reply reply = Client.get(path);
      assertTrue(reply.header("content-type").startsWith("text/plain; version=0.0.4"));
      assertTrue(reply.http().body().contains("\nebb_demand{model=\"tiny\",phase=\"prefill\"} 0.0\n"));
      assertTrue(reply.http().body().contains("\nebb_demand{model=\"tiny\",phase=\"decode\"} 0.0\n"));
      reply.http().body().lines().filter(line -> !line.startsWith("#"))
          .forEach(line -> assertTrue(line.matches("[a-z_]+\\{[^{}]*} [0-9.E+-]+"), line));
    }
  }

  @Test
  void headIsGetWithoutABody() {
    Reply reply = Client.send(Client.request("/v1/models").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertEquals(200, reply.status());
    assertEquals("application/json", reply.header("content-type"));
    assertEquals("", reply.http().body());
  }

  /** As curl -d sends it without a header; longer than a form's field may be. */
  @Test
  void jsonMarkedAsAFormIsTakenForWhatItIs() {
    Reply reply = Client.post("/tokenize", "{'prompt': '" + "a".repeat(9000) + "'}", "content-type",
        "application/x-www-form-urlencoded");
    assertEquals(9000, reply.json().path("count").asInt(), reply.http()::body);
  }

  @Test
  void aWholeNumberMayBeWrittenWithAFraction() {
    Client.post("/v1/completions", "{'prompt': 'abc', 'seed': 4.0, 'max_tokens': 2.0}");
    JsonNode sampling = Fakes.DECODE.next().work().path("sampling");
    assertEquals("4 2", sampling.path("seed").asText() + " " + sampling.path("max_tokens").asText());
  }

  @Test
  void anUnusableRequestIdIsReplaced() {
    Reply reply = Client.send(Client.request("/v1/models").GET(), "x-request-id", "a b");
    assertTrue(reply.header("x-request-id").matches("[0-9a-f-]{36}"));
  }
}
