package dev.ebb.router.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.router.app.testing.Behaviours;
import dev.ebb.router.app.testing.Client;
import dev.ebb.router.app.testing.Client.Reply;
import dev.ebb.router.app.testing.FakeFunction.Received;
import dev.ebb.router.app.testing.Fakes;
import dev.ebb.router.app.testing.RouterProfile;
import dev.ebb.router.app.testing.TinyModelLoader;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(RouterProfile.class)
class ChatTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String HI = "'messages': [{'role': 'user', 'content': 'hi'}]";

  @BeforeEach
  void reset() {
    Fakes.reset();
  }

  @Test
  void aWholeAnswerHasTheShapeOfTheProtocol() {
    Reply reply = Client.post(CHAT, "{'model': 'tiny', " + HI + "}", "x-request-id", "mine-1");
    JsonNode body = reply.json();
    assertEquals(200, reply.status(), body::toString);
    assertEquals("chat.completion", body.path("object").asText());
    assertTrue(body.path("id").asText().matches("chatcmpl-[0-9a-f]{32}"), body::toString);
    assertEquals("fp_0123456789", body.path("system_fingerprint").asText());
    assertEquals("tiny", body.path("model").asText());
    assertTrue(body.path("created").asLong() > 1_700_000_000L);
    JsonNode choice = body.path("choices").path(0);
    assertEquals("{\"role\":\"assistant\",\"content\":\"" + Behaviours.TEXT + "\",\"refusal\":null}",
        choice.path("message").toString());
    assertEquals("stop", choice.path("finish_reason").asText());
    assertTrue(choice.get("logprobs").isNull());
    assertEquals("{\"prompt_tokens\":21,\"completion_tokens\":12,\"total_tokens\":33,"
        + "\"prompt_tokens_details\":{\"cached_tokens\":3}}", body.path("usage").toString());
    assertEquals("mine-1", reply.header("x-request-id"));
    assertEquals("decode", reply.header("x-ebb-placement"));
    assertEquals("3", reply.header("x-ebb-cached-tokens"));
    assertNull(reply.header("access-control-allow-origin"));
  }

  @Test
  void decodeGetsTheRenderedPromptAndCompleteSampling() {
    Client.post(CHAT, "{" + HI + ", 'temperature': 0.5, 'top_p': 0.9, 'top_k': 7, 'min_p': 0.1, 'seed': 99,"
        + "'stop': ['a', 'b'], 'stop_token_ids': [5], 'presence_penalty': 1, 'frequency_penalty': -1,"
        + "'repetition_penalty': 1.5, 'min_tokens': 2, 'ignore_eos': true, 'logit_bias': {'65': -100},"
        + "'max_completion_tokens': 9, 'priority': 3, 'cache_salt': 's', 'include_stop_str_in_output': true}");
    Received received = Fakes.DECODE.next();
    assertEquals("dev.ebb.decode.requested", received.type());
    JsonNode work = received.work();
    assertEquals("tiny", work.path("model").asText());
    assertEquals("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n", text(work.path("prompt_token_ids")));
    assertEquals(TinyModelLoader.IM_START, work.path("prompt_token_ids").path(0).asInt());
    assertEquals("s", work.path("cache_salt").asText());
    assertEquals(3, work.path("priority").asInt());
    JsonNode sampling = work.path("sampling");
    String[] expected = {"temperature=0.5", "top_p=0.9", "top_k=7", "min_p=0.1", "seed=99", "presence_penalty=1.0",
        "frequency_penalty=-1.0", "repetition_penalty=1.5", "min_tokens=2", "max_tokens=9", "ignore_eos=true",
        "include_stop=true", "n=1", "logprobs=-1", "prompt_logprobs=-1"};
    for (String pair : expected) {
      String name = pair.substring(0, pair.indexOf('='));
      assertEquals(pair.substring(name.length() + 1), sampling.path(name).asText(), name);
    }
    assertEquals("[\"a\",\"b\"]", sampling.path("stop").toString());
    assertEquals("[5]", sampling.path("stop_token_ids").toString());
    assertEquals(-100, sampling.path("logit_bias").path("65").asInt());
  }

  @Test
  void withoutALimitTheAnswerMayFillTheContext() {
    Client.post(CHAT, "{" + HI + "}");
    JsonNode work = Fakes.DECODE.next().work();
    assertEquals(TinyModelLoader.CONTEXT - 21, work.at("/sampling/max_tokens").asInt());
    assertEquals(1.0, work.at("/sampling/temperature").asDouble());
  }

  @Test
  void aRequestWithoutASeedGetsOneOfItsOwn() {
    Client.post(CHAT, "{" + HI + "}");
    Client.post(CHAT, "{" + HI + "}");
    assertFalse(Fakes.DECODE.next().work().at("/sampling/seed").asLong()
        == Fakes.DECODE.next().work().at("/sampling/seed").asLong());
  }

  @Test
  void aStreamBeginsWithTheRoleAndEndsWithUsage() {
    Reply reply = Client.post(CHAT, "{" + HI + ", 'stream': true, 'stream_options': {'include_usage': true}}");
    assertEquals("text/event-stream; charset=utf-8", reply.header("content-type"));
    List<JsonNode> events = reply.events();
    assertEquals("{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
        events.getFirst().at("/choices/0/delta").toString());
    events.forEach(event -> assertEquals("chat.completion.chunk", event.path("object").asText()));
    assertEquals(Behaviours.TEXT, events.stream().map(event -> event.at("/choices/0/delta/content").asText())
        .collect(Collectors.joining()));
    JsonNode last = events.get(events.size() - 2);
    assertEquals("stop", last.at("/choices/0/finish_reason").asText());
    assertEquals("{}", last.at("/choices/0/delta").toString());
    JsonNode usage = events.getLast();
    assertEquals(0, usage.path("choices").size());
    assertEquals(33, usage.at("/usage/total_tokens").asInt());
    assertTrue(events.getFirst().get("usage").isNull(), "null in all others");
    assertEquals(1, events.stream().map(event -> event.path("id").asText()).distinct().count());
  }

  @Test
  void withoutUsageAskedForThereIsNone() {
    Reply reply = Client.post(CHAT, "{" + HI + ", 'stream': true}");
    assertTrue(reply.events().stream().noneMatch(event -> event.has("usage")));
  }

  @Test
  void continuousUsageCountsEveryToken() {
    List<JsonNode> events = Client.post(CHAT, "{" + HI
        + ", 'stream': true, 'stream_options': {'include_usage': true, 'continuous_usage_stats': true}}").events();
    assertEquals(1, events.get(1).at("/usage/completion_tokens").asInt());
    assertEquals(2, events.get(2).at("/usage/completion_tokens").asInt());
    assertEquals(21, events.get(2).at("/usage/prompt_tokens").asInt());
  }

  @Test
  void logprobsComeWithBytesAndAlternatives() {
    JsonNode body = Client.post(CHAT, "{" + HI + ", 'logprobs': true, 'top_logprobs': 2, 'max_tokens': 2}").json();
    JsonNode first = body.at("/choices/0/logprobs/content/0");
    assertEquals("{\"token\":\"H\",\"logprob\":-0.5,\"bytes\":[72],\"top_logprobs\":["
        + "{\"token\":\"H\",\"logprob\":-0.5,\"bytes\":[72]},{\"token\":\"x\",\"logprob\":-1.5,\"bytes\":[120]}]}",
        first.toString());
    assertEquals(2, body.at("/choices/0/logprobs/content").size());
    assertEquals("length", body.at("/choices/0/finish_reason").asText());
  }

  @Test
  void severalAnswersHaveTheirOwnIndex() {
    JsonNode body = Client.post(CHAT, "{" + HI + ", 'n': 3}").json();
    assertEquals(3, body.path("choices").size());
    assertEquals(2, body.at("/choices/2/index").asInt());
    List<JsonNode> events = Client.post(CHAT, "{" + HI + ", 'n': 2, 'stream': true}").events();
    for (int index = 0; index < 2; index++) {
      int choice = index;
      List<JsonNode> mine = events.stream().filter(event -> event.at("/choices/0/index").asInt() == choice).toList();
      assertEquals("assistant", mine.getFirst().at("/choices/0/delta/role").asText());
      assertEquals(Behaviours.TEXT, mine.stream().map(event -> event.at("/choices/0/delta/content").asText())
          .collect(Collectors.joining()));
    }
  }

  @Test
  void contentMayBeAListOfTextParts() {
    Client.post(CHAT, "{'messages': [{'role': 'developer', 'content': 'be brief', 'type': 'text'},"
        + "{'role': 'user', 'content': [{'type': 'text', 'text': 'a'}, {'type': 'text', 'text': 'b'}]}]}");
    assertEquals("<|im_start|>system\nbe brief<|im_end|>\n<|im_start|>user\na\nb<|im_end|>\n<|im_start|>assistant\n",
        text(Fakes.DECODE.next().work().path("prompt_token_ids")));
  }

  @Test
  void theLastMessageCanBeContinued() {
    Client.post(CHAT, "{'messages': [{'role': 'user', 'content': 'hi'}, {'role': 'assistant', 'content': 'well, '}],"
        + "'add_generation_prompt': false, 'continue_final_message': true}");
    assertEquals("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nwell, ",
        text(Fakes.DECODE.next().work().path("prompt_token_ids")));
  }

  @Test
  void vllmsExtrasAreThere() {
    JsonNode body = Client.post(CHAT, "{" + HI + ", 'prompt_logprobs': 1, 'return_token_ids': true, 'max_tokens': 2,"
        + "'logprobs': true, 'return_tokens_as_token_ids': true}").json();
    assertTrue(body.at("/prompt_logprobs/0").isNull());
    assertEquals(21, body.path("prompt_logprobs").size());
    JsonNode second = body.at("/prompt_logprobs/1");
    assertEquals("{\"logprob\":-0.5,\"rank\":1,\"decoded_token\":\"token_id:117\"}", second.path("117").toString());
    assertEquals(21, body.path("prompt_token_ids").size());
    assertEquals("[72,101]", body.at("/choices/0/token_ids").toString());
    assertEquals("token_id:72", body.at("/choices/0/logprobs/content/0/token").asText());
  }

  @Test
  void whatChangesNothingIsAccepted() {
    Reply reply = Client.post(CHAT, "{" + HI + ", 'user': 'u', 'metadata': {}, 'store': false, 'tools': [],"
        + "'tool_choice': 'none', 'response_format': {'type': 'text'}, 'modalities': ['text'], 'n': null,"
        + "'stream_options': null, 'service_tier': 'auto', 'parallel_tool_calls': true, 'logprobs': false}");
    assertEquals(200, reply.status(), () -> reply.json().toString());
  }

  private static String text(JsonNode ids) {
    int[] tokens = StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    return TinyModelLoader.tokenizer().decode(tokens, true);
  }
}
