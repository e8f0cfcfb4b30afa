package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RouterProfile.class)
class CompletionTest {
  private static final String PATH = "/v1/completions";

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @Test
  void aWholeAnswerHasTheShapeOfTheProtocol() {
    JsonNode body = Client.post(PATH, "{'prompt': 'abc'}").json();
    assertTrue(body.path("id").asText().matches("cmpl-[0-9a-f]{32}"), body::toString);
    assertEquals("text_completion", body.path("object").asText());
    assertEquals(Behaviours.TEXT, body.at("/choices/0/text").asText());
    assertEquals("stop", body.at("/choices/0/finish_reason").asText());
    assertTrue(body.at("/choices/0/logprobs").isNull());
    assertEquals("[97,98,99]", Fakes.DECODE.next().work().path("prompt_token_ids").toString());
  }

  @Test
  void sixteenTokensUnlessAskedOtherwise() {
    Client.post(PATH, "{'prompt': 'abc'}");
    assertEquals(16, Fakes.DECODE.next().work().at("/sampling/max_tokens").asInt());
  }

  @Test
  void aStreamCarriesTextAndEndsWithItsReason() {
    List<JsonNode> events = Client.post(PATH, "{'prompt': 'abc', 'stream': true}").events();
    assertEquals(Behaviours.TEXT,
        events.stream().map(event -> event.at("/choices/0/text").asText()).collect(Collectors.joining()));
    assertEquals("stop", events.getLast().at("/choices/0/finish_reason").asText());
    assertTrue(events.getFirst().at("/choices/0/finish_reason").isNull());
    assertEquals("text_completion", events.getFirst().path("object").asText());
  }

  /** Equal prompts get answers of their own, unless the caller fixed the randomness. */
  @Test
  void promptsOfOneRequestShareASeedOnlyWhenItIsGiven() {
    Client.post(PATH, "{'prompt': ['abc', 'abc']}");
    assertNotEquals(seed(), seed());
    Client.post(PATH, "{'prompt': ['abc', 'abc'], 'seed': 7}");
    assertEquals(7, seed());
    assertEquals(7, seed());
  }

  /** No token stands for so many characters, so the text is not even tokenized. */
  @Test
  void aTextThatCannotFitIsRefusedByItsLength() {
    Reply reply = Client.post(PATH, "{'prompt': '" + "x".repeat(8_000) + "'}");
    assertEquals(400, reply.status());
    assertEquals("context_length_exceeded", reply.json().at("/error/code").asText());
    assertTrue(reply.json().at("/error/message").asText().contains("8000 characters cannot fit"));
  }

  private static long seed() {
    return Fakes.DECODE.next().work().at("/sampling/seed").asLong();
  }

  /** A two-byte character is told once, with its second token. */
  @Test
  void noStreamEventIsEmptyOrBreaksACharacter() {
    List<JsonNode> events = Client.post(PATH, "{'prompt': 'abc', 'stream': true}").events();
    assertEquals(11, events.stream().filter(event -> !event.at("/choices/0/text").asText().isEmpty()).count());
  }

  /** As lm-evaluation-harness asks for the log-probabilities of a text. */
  @Test
  void echoWithLogprobsAndNoNewTokens() {
    JsonNode choice = Client.post(PATH,
        "{'prompt': [[97, 98, 99]], 'max_tokens': 0, 'echo': true, 'logprobs': 1, 'seed': 1234, 'temperature': 0}")
        .json().path("choices").path(0);
    assertEquals("abc", choice.path("text").asText());
    assertEquals("{\"text_offset\":[0,1,2],\"token_logprobs\":[null,-0.5,-0.5],\"tokens\":[\"a\",\"b\",\"c\"],"
        + "\"top_logprobs\":[null,{\"b\":-0.5},{\"c\":-0.5}]}", choice.path("logprobs").toString());
    assertEquals("length", choice.path("finish_reason").asText());
    JsonNode work = Fakes.DECODE.next().work();
    assertEquals(1, work.at("/sampling/prompt_logprobs").asInt());
    assertEquals(0, work.at("/sampling/max_tokens").asInt());
  }

  @Test
  void echoWithNewTokensJoinsPromptAndAnswer() {
    JsonNode choice = Client.post(PATH, "{'prompt': 'abc', 'max_tokens': 2, 'echo': true, 'logprobs': 2}").json()
        .path("choices").path(0);
    assertEquals("abcHe", choice.path("text").asText());
    assertEquals("[0,1,2,3,4]", choice.at("/logprobs/text_offset").toString());
    assertEquals("{\"H\":-0.5,\"x\":-1.5}", choice.at("/logprobs/top_logprobs/3").toString());
  }

  @Test
  void aStreamedEchoComesFirstWithItsLogprobs() {
    List<JsonNode> events = Client.post(PATH,
        "{'prompt': 'abc', 'max_tokens': 2, 'echo': true, 'logprobs': 0, 'stream': true}").events();
    assertEquals("abc", events.getFirst().at("/choices/0/text").asText());
    assertEquals("[null,-0.5,-0.5]", events.getFirst().at("/choices/0/logprobs/token_logprobs").toString());
    assertEquals("[3]", events.get(1).at("/choices/0/logprobs/text_offset").toString());
    assertEquals("[4]", events.get(2).at("/choices/0/logprobs/text_offset").toString());
  }

  @Test
  void severalPromptsKeepTheirOrder() {
    JsonNode body = Client.post(PATH, "{'prompt': ['a', 'bc'], 'n': 2, 'echo': true, 'max_tokens': 1}").json();
    assertEquals(4, body.path("choices").size());
    assertEquals("aH,aH,bcH,bcH", body.path("choices").valueStream().map(choice -> choice.path("text").asText())
        .collect(Collectors.joining(",")));
    assertEquals("0,1,2,3", body.path("choices").valueStream().map(choice -> choice.path("index").asText())
        .collect(Collectors.joining(",")));
    assertEquals(3, body.at("/usage/prompt_tokens").asInt());
    assertEquals(4, body.at("/usage/completion_tokens").asInt());
  }

  @Test
  void severalPromptsStreamTogether() {
    List<JsonNode> events = Client.post(PATH, "{'prompt': ['a', 'bc', 'd'], 'stream': true}").events();
    for (int index = 0; index < 3; index++) {
      int choice = index;
      assertEquals(Behaviours.TEXT, events.stream().filter(event -> event.at("/choices/0/index").asInt() == choice)
          .map(event -> event.at("/choices/0/text").asText()).collect(Collectors.joining()));
    }
  }

  @Test
  void oneFailedPromptFailsTheRequest() {
    Fakes.DECODE.plan(Behaviours.error(400, "invalid_request_error", "prompt", "odd"), Behaviours.HANG);
    Reply reply = Client.post(PATH, "{'prompt': ['a', 'bc']}");
    assertEquals(400, reply.status());
    assertEquals("odd", reply.json().at("/error/code").asText());
    Fakes.DECODE.nextDropped();
  }

  @Test
  void aPromptCanBeCutToItsEnd() {
    Client.post(PATH, "{'prompt': 'abcdef', 'truncate_prompt_tokens': 2}");
    assertEquals("[101,102]", Fakes.DECODE.next().work().path("prompt_token_ids").toString());
  }

  @Test
  void specialTokensInAPromptAreWhatTheyName() {
    Client.post(PATH, "{'prompt': '<|im_start|>a'}");
    assertEquals("[256,97]", Fakes.DECODE.next().work().path("prompt_token_ids").toString());
  }
}
