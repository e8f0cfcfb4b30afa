package dev.ebb.events;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.TokenLogprobs;
import dev.ebb.engine.transfer.HandOff;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EventJsonTest {
  private static final TokenLogprobs LOGPROBS =
      new TokenLogprobs(7, -0.125f, 2, new int[] {9, 7}, new float[] {-0.0625f, -0.125f});
  private static final SamplingParams ALL_SET =
      SamplingParams.builder().n(2).maxTokens(40).minTokens(3).temperature(0.5f).topP(0.75f).topK(5).minP(0.25f)
          .repetitionPenalty(1.5f).presencePenalty(-1).frequencyPenalty(0.5f).logitBias(Map.of(3, -100f, 4, 2.5f))
          .seed(Long.MIN_VALUE).stop(List.of("\n", "é")).stopTokenIds(List.of(1, 2)).ignoreEos(true)
          .includeStop(true).logprobs(5).promptLogprobs(0).build();
  private static final HandOff HAND_OFF =
      new HandOff("kv-1", 3, "block-first/2x2x1x16x8/F16", 99, 1_900_000_000_000L, new int[] {4, 0},
          List.of("ab", "cd"), "ef", 17, 5, Optional.of(LOGPROBS));
  private static final DecodeCompleted COMPLETED =
      new DecodeCompleted("r", List.of(
          new DecodeCompleted.Choice(0, "héllo", new int[] {1, 2}, List.of(LOGPROBS, LOGPROBS), "stop", "\n"),
          new DecodeCompleted.Choice(1, "", new int[0], null, "length", 7)),
          Arrays.asList(null, LOGPROBS), new Usage(17, 2, 16));

  static Stream<Object> values() {
    return Stream.of(
        new Work("r", "m", new int[] {1, 2, 3}, ALL_SET, "tenant", -4, HAND_OFF),
        new Work("r", "m", new int[] {1}, SamplingParams.builder().build(), "", 0, null),
        ALL_SET,
        HAND_OFF,
        new HandOff("a", 0, "l", 1, 2, new int[] {0}, List.of(), "ef", 1, 5, Optional.empty()),
        new PrefillCompleted("r", HAND_OFF, null, new Usage(17, 1, 0)),
        new PrefillCompleted("r", null, COMPLETED, new Usage(17, 1, 0)),
        new DecodeChunk(
            0, new int[] {3}, "x", List.of(LOGPROBS), Arrays.asList(null, LOGPROBS), null, null, null, null),
        new DecodeChunk(1, new int[0], "", null, null, "stop", 7, new Usage(1, 2, 3), null),
        new DecodeChunk(0, new int[0], "", null, null, "stop", "\n\n", null, null),
        new DecodeChunk(0, null, null, null, null, null, null, null,
            new ErrorBody.Detail("it failed", "server_error", null, "device_lost")),
        COMPLETED,
        new TokenLogprobs(1, Float.NEGATIVE_INFINITY, 9, new int[] {2}, new float[] {Float.NEGATIVE_INFINITY}),
        ErrorBody.invalid("n must be", "n", "invalid_value"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyRecordRoundTrips(Object value) throws IOException {
    byte[] json = EventJson.write(value);
    Object back = EventJson.read(json, value.getClass());
    // Records with arrays do not compare by content, so their JSON is compared, and then each component.
    assertEquals(EventJson.MAPPER.readTree(json), EventJson.MAPPER.readTree(EventJson.write(back)));
    assertTrue(components(value).equals(components(back)), () -> components(value) + " and " + components(back));
  }

  private static String components(Object value) {
    if (value instanceof Record r) {
      return Arrays.stream(r.getClass().getRecordComponents()).map(c -> {
        try {
          return c.getName() + "=" + components(c.getAccessor().invoke(r));
        } catch (ReflectiveOperationException e) {
          throw new AssertionError(e);
        }
      }).toList().toString();
    }
    return switch (value) {
      case null -> "null";
      case int[] a -> Arrays.toString(a);
      case float[] a -> Arrays.toString(a);
      case Optional<?> o -> "Optional " + components(o.orElse(null));
      case List<?> l -> l.stream().map(EventJsonTest::components).toList().toString();
      case Map<?, ?> m -> new java.util.TreeMap<>(m).toString();
      default -> value.getClass().getSimpleName() + " " + value;
    };
  }

  @Test
  void namesAreSnakeCaseAndAbsentValuesAreLeftOut() throws IOException {
    JsonNode work = EventJson.MAPPER.readTree(EventJson.write(
        new Work("r", "m", new int[] {1}, SamplingParams.builder().build(), "", 0, null)));
    assertEquals(
        new TreeSet<>(List.of("request_id", "model", "prompt_token_ids", "sampling", "cache_salt", "priority")),
        new TreeSet<>(work.properties().stream().map(Map.Entry::getKey).toList()));
    assertTrue(work.get("sampling").has("frequency_penalty"));
  }

  @Test
  void absentAndNullSamplingFieldsTakeTheDefaults() {
    SamplingParams defaults = SamplingParams.builder().build();
    assertEquals(defaults, EventJson.read(bytes("{}"), SamplingParams.class));
    assertEquals(defaults, EventJson.read(bytes("{'n':null,'stop':null,'logit_bias':null,'seed':null,'x':1}"),
        SamplingParams.class));
    Work work = EventJson.read(bytes("{'request_id':'r','model':'m','prompt_token_ids':[1,2],'cache_salt':null}"),
        Work.class);
    assertEquals(defaults, work.sampling());
    assertEquals("", work.cacheSalt());
    assertEquals(0, work.priority());
    assertNull(work.handOff());
    assertArrayEquals(new int[] {1, 2}, work.promptTokenIds());
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', delimiter = '|', value = {
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'top_p':0}} | top_p",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'n':-1}} | n",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'temperature':1e9}} | temperature",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'n':'2'}} | sampling.n",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'n':1.5}} | sampling.n",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'stop':[null]}} | sampling.stop[0]",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':{'logit_bias':{'x':1}}} | sampling.logit_bias",
    "{'request_id':'r','model':'m','prompt_token_ids':[1],'sampling':7} | sampling",
    "{'request_id':'r','model':'m','prompt_token_ids':[1,'2']} | prompt_token_ids[1]",
    "{'request_id':'r','model':'m','prompt_token_ids':[1,null]} | prompt_token_ids[1]",
    "{'request_id':'r','model':'m','prompt_token_ids':[99999999999]} | prompt_token_ids[0]",
    "{'request_id':'r','model':'m','prompt_token_ids':[]} | prompt_token_ids",
    "{'request_id':'r','model':'m'} | prompt_token_ids",
    "{'model':'m','prompt_token_ids':[1]} | request_id",
    "{'request_id':'r','prompt_token_ids':[1]} | model",
  })
  void aMistakeIsNamedAsOnTheWire(String json, String field) {
    InvalidParameterException e =
        assertThrows(InvalidParameterException.class, () -> EventJson.read(bytes(json), Work.class));
    assertEquals(field, e.parameter());
    assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', delimiter = '|', value = {"{'request_id':", "nonsense", "[1]", "{} {}"})
  void whatIsNoJsonObjectIsRefused(String json) {
    InvalidParameterException e =
        assertThrows(InvalidParameterException.class, () -> EventJson.read(bytes(json), ErrorBody.class));
    assertEquals("invalid_json", e.code());
  }

  @Test
  void theReadersOwnTermsAreNotShown() {
    String deep = "{'x':" + "[".repeat(EventJson.DEPTH_MAX) + "]".repeat(EventJson.DEPTH_MAX) + "}";
    for (String json : new String[] {deep, "{'a': [1", "{'a': NaN}"}) {
      InvalidParameterException e =
          assertThrows(InvalidParameterException.class, () -> EventJson.read(bytes(json), ErrorBody.class));
      assertEquals("invalid_json", e.code());
      assertTrue(!e.getMessage().contains("REDACTED") && !e.getMessage().contains("StreamRead"), e.getMessage());
    }
  }

  @Test
  void nullAndNothingAreRefused() {
    assertEquals("data",
        assertThrows(InvalidParameterException.class, () -> EventJson.read(bytes("null"), Work.class)).parameter());
    assertEquals("data",
        assertThrows(InvalidParameterException.class, () -> EventJson.read(new byte[0], Work.class)).parameter());
  }

  private static byte[] bytes(String json) {
    return json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }
}
