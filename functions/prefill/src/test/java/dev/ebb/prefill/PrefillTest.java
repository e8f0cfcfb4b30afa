package dev.ebb.prefill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.PrefillCompleted;
import dev.ebb.events.Work;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.StreamText;
import dev.ebb.runtime.testing.TinyModelResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(TinyModelResource.class)
class PrefillTest {
  /** Sampled, not greedy, so that equal tokens show equal random numbers too. */
  private static final SamplingParams SAMPLED =
      FunctionClient.greedy(30).temperature(1).seed(11).logprobs(1).build();
  private static final String PROMPT = "A prompt that is longer than one block, and not a whole number of blocks.";

  @TestHTTPResource("/")
  URI url;

  private FunctionClient function;

  @BeforeEach
  void connect() {
    function = new FunctionClient(url);
    function.awaitReady();
  }

  @Test
  void aPromptIsComputedAndHandedOff() {
    HttpResponse<String> response = prefill("p", SAMPLED);
    assertEquals(200, response.statusCode());
    assertEquals(EventTypes.PREFILL_COMPLETED, header(response, "ce-type"));
    assertEquals("p", header(response, "ce-subject"));
    assertEquals("/ebb/prefill", header(response, "ce-source"));
    PrefillCompleted completed = read(response, PrefillCompleted.class);
    HandOff handOff = completed.handOff();
    assertEquals(handOff.arena() + "/" + handOff.lease(), header(response, "ce-dataref"));
    assertTrue(header(response, "ce-dataref").startsWith("kv://node-a/"));
    assertEquals(PROMPT.length(), handOff.tokensComputed());
    assertEquals(PROMPT.length() / 16, handOff.blockHashes().size());
    assertEquals(PROMPT.length() / 16 + 1, handOff.blocks().length);
    assertNull(completed.finished());
    assertEquals(PROMPT.length(), completed.usage().promptTokens());
  }

  @Test
  void fromAHandOffComeTheTokensOfTheUndividedAnswer() {
    DecodeCompleted.Choice whole =
        read(decode(FunctionClient.work("whole", PROMPT, SAMPLED, null)), DecodeCompleted.class).choices().get(0);
    HandOff handOff = read(prefill("split", SAMPLED), PrefillCompleted.class).handOff();
    DecodeCompleted.Choice split =
        read(decode(FunctionClient.work("split", PROMPT, SAMPLED, handOff)), DecodeCompleted.class).choices().get(0);
    assertEquals(handOff.firstToken(), split.tokenIds()[0]);
    assertArrayEquals(whole.tokenIds(), split.tokenIds());
    assertEquals(whole.text(), split.text());
    assertEquals(whole.logprobs().size(), split.logprobs().size());
    assertEquals(whole.logprobs().get(0).logprob(), split.logprobs().get(0).logprob());
  }

  @Test
  void anAnswerThatEndsAtOnceIsNotHandedOff() {
    HttpResponse<String> response = prefill("one", FunctionClient.greedy(1).build());
    assertFalse(response.headers().firstValue("ce-dataref").isPresent());
    PrefillCompleted completed = read(response, PrefillCompleted.class);
    assertNull(completed.handOff());
    assertEquals("length", completed.finished().choices().get(0).finishReason());
    assertEquals(1, completed.finished().choices().get(0).tokenIds().length);
  }

  @Test
  void aloneItDecodesAndStreamsToo() {
    Work work = FunctionClient.work("alone", PROMPT, 9);
    DecodeCompleted answer = read(decode(work), DecodeCompleted.class);
    assertArrayEquals(answer.choices().get(0).tokenIds(), StreamText.parse(function.stream(work).body()).tokens(0));
  }

  @Test
  void aStructuredEventIsAnsweredInItsMode() throws Exception {
    Map<String, Object> event = Map.of("specversion", "1.0", "id", "1", "source", "/t",
        "type", EventTypes.PREFILL_REQUESTED, "data", FunctionClient.work("s", PROMPT, SAMPLED, null));
    HttpResponse<String> response =
        function.post(Map.of("content-type", "application/cloudevents+json"), EventJson.write(event));
    var answer = EventJson.MAPPER.readTree(response.body());
    assertEquals(EventTypes.PREFILL_COMPLETED, answer.path("type").asText());
    HandOff handOff = EventJson.MAPPER.treeToValue(answer.get("data"), PrefillCompleted.class).handOff();
    assertEquals(handOff.arena() + "/" + handOff.lease(), answer.path("dataref").asText());
  }

  @Test
  void theBlocksOfAHandOffAreHeldUntilItIsClaimed() {
    HandOff handOff = read(prefill("held", SAMPLED), PrefillCompleted.class).handOff();
    double held = function.metrics().value("vllm:kv_cache_usage_perc");
    assertTrue(held > 0, "the lease holds them");
    read(decode(FunctionClient.work("held", PROMPT, SAMPLED, handOff)), DecodeCompleted.class);
    FunctionClient.await("the claimed blocks' release",
        () -> function.metrics().value("vllm:kv_cache_usage_perc") < held);
  }

  private HttpResponse<String> prefill(String id, SamplingParams sampling) {
    return function.post(EventTypes.PREFILL_REQUESTED, FunctionClient.work(id, PROMPT, sampling, null));
  }

  private HttpResponse<String> decode(Work work) {
    return function.post(EventTypes.DECODE_REQUESTED, work);
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElseThrow();
  }

  private static <T> T read(HttpResponse<String> response, Class<T> type) {
    assertEquals(200, response.statusCode(), response::body);
    return EventJson.read(response.body().getBytes(StandardCharsets.UTF_8), type);
  }
}
