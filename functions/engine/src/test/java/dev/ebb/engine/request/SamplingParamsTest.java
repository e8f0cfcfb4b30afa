package dev.ebb.engine.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a request may ask the engine to look through for every token. */
class SamplingParamsTest {
  private static SamplingParamsBuilder params() {
    return SamplingParams.builder();
  }

  private static List<Integer> ids(int count) {
    return IntStream.range(0, count).map(i -> count - i).boxed().toList();
  }

  private static Map<Integer, Float> addends(int count) {
    return IntStream.range(0, count).boxed().collect(Collectors.toMap(token -> token, token -> 1f));
  }

  private static void refused(String name, SamplingParamsBuilder params) {
    InvalidParameterException e = assertThrows(InvalidParameterException.class, params::build);
    assertEquals(name, e.parameter());
    assertTrue(e.getMessage().startsWith(name + " takes at most ") && e.getMessage().contains("1024"), e.getMessage());
  }

  @Test
  void stopTokensAreKeptOnceAndInOrder() {
    assertEquals(List.of(3, 5, 9), params().stopTokenIds(List.of(9, 3, 5, 9, 3)).build().stopTokenIds());
    assertEquals(List.of(7), params().stopTokenIds(Collections.nCopies(1_000_000, 7)).build().stopTokenIds());
  }

  @Test
  void stopTokensAreBounded() {
    assertEquals(1024, params().stopTokenIds(ids(1024)).build().stopTokenIds().size());
    refused("stop_token_ids", params().stopTokenIds(ids(1025)));
  }

  @Test
  void addendsAreBounded() {
    assertEquals(1024, params().logitBias(addends(1024)).build().logitBias().size());
    refused("logit_bias", params().logitBias(addends(1025)));
  }

  @Test
  void stopTextsAreBounded() {
    assertEquals(1, params().stop(List.of("x".repeat(1024))).build().stop().size());
    refused("stop", params().stop(List.of("x", "x".repeat(1025))));
    assertThrows(InvalidParameterException.class, () -> params().stop(Collections.nCopies(17, "x")).build());
  }
}
