package dev.ebb.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.events.DecodeChunk;
import dev.ebb.events.DecodeCompleted;
import dev.ebb.events.EventJson;
import dev.ebb.events.EventTypes;
import dev.ebb.events.Work;
import dev.ebb.runtime.testing.FunctionClient;
import dev.ebb.runtime.testing.StreamText;
import io.quarkus.test.junit.QuarkusTest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class StreamTest extends DecodeTest {
  @Test
  void aStreamHasTheTokensOfTheWholeAnswer() {
    Work work = FunctionClient.work("s", "A stream of ", FunctionClient.greedy(40).n(2).seed(7).temperature(1).build(),
        null);
    HttpResponse<String> response = function.stream(work);
    assertEquals(200, response.statusCode());
    assertTrue(response.headers().firstValue("content-type").orElseThrow().startsWith("text/event-stream"));
    StreamText stream = StreamText.parse(response.body());
    DecodeCompleted whole = EventJson.read(function.post(EventTypes.DECODE_REQUESTED, work).body()
        .getBytes(StandardCharsets.UTF_8), DecodeCompleted.class);
    for (DecodeCompleted.Choice choice : whole.choices()) {
      assertArrayEquals(choice.tokenIds(), stream.tokens(choice.index()));
      assertEquals(choice.text(), stream.text(choice.index()));
    }
  }

  @Test
  void eachAnswerFinishesOnceAndUsageComesLast() {
    StreamText stream = StreamText.parse(
        function.stream(FunctionClient.work("u", "Twice", FunctionClient.greedy(5).n(2).build(), null)).body());
    for (int choice = 0; choice < 2; choice++) {
      int index = choice;
      List<String> reasons = stream.chunks().stream()
          .filter(chunk -> chunk.choice() == index && chunk.finishReason() != null)
          .map(DecodeChunk::finishReason)
          .toList();
      assertEquals(List.of("length"), reasons);
    }
    DecodeChunk last = stream.chunks().getLast();
    assertEquals(5, last.usage().promptTokens());
    assertEquals(10, last.usage().completionTokens());
    assertTrue(stream.chunks().stream().limit(stream.chunks().size() - 1).allMatch(chunk -> chunk.usage() == null));
  }

  @Test
  void logprobsComeWithTheirTokensAndThoseOfThePromptFirst() {
    SamplingParams sampling = FunctionClient.greedy(3).logprobs(2).promptLogprobs(1).build();
    StreamText stream = StreamText.parse(function.stream(FunctionClient.work("l", "abc", sampling, null)).body());
    List<DecodeChunk> withTokens = stream.chunks().stream().filter(chunk -> chunk.tokenIds().length > 0).toList();
    for (DecodeChunk chunk : withTokens) {
      assertEquals(chunk.tokenIds().length, chunk.logprobs().size());
      assertEquals(2, chunk.logprobs().get(0).topTokens().length);
      assertEquals(chunk.tokenIds()[0], chunk.logprobs().get(0).topTokens()[0], "greedy takes the most likely");
    }
    DecodeChunk first = stream.chunks().getFirst();
    assertEquals(3, first.promptLogprobs().size());
    assertNull(first.promptLogprobs().get(0));
    assertNotNull(first.promptLogprobs().get(1));
    assertTrue(stream.chunks().stream().skip(1).allMatch(chunk -> chunk.promptLogprobs() == null));
  }

  @Test
  void aMistakeIsAnErrorWithItsStatusAndNoStream() {
    HttpResponse<String> response = function.stream(FunctionClient.work("e", "x", 1_000_000));
    assertEquals(400, response.statusCode());
    assertEquals("context_length_exceeded", FunctionClient.error(response).code());
    assertFalse(response.body().contains("data:"));
  }
}
