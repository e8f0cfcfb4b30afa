package dev.ebb.router.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebb.engine.request.SamplingParams;
import dev.ebb.router.place.Placement.Reason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {
  private static final int BLOCK = 16;
  private static final SamplingParams PLAIN = SamplingParams.builder().build();
  private final PlacementRule rule = new PlacementRule(64);

  @ParameterizedTest
  @CsvSource({
    "1, 0, false, SHORT_SUFFIX",
    "63, 0, false, SHORT_SUFFIX",
    "64, 0, true, LONG_SUFFIX",
    "2000, 1936, true, LONG_SUFFIX",
    "2000, 1952, false, SHORT_SUFFIX",
    "2000, 1984, false, SHORT_SUFFIX",
    "1999, 1984, false, FULL_PREFIX_HIT",
    "17, 16, false, FULL_PREFIX_HIT",
  })
  void theUncachedSuffixDecides(int prompt, int seen, boolean prefill, Reason reason) {
    assertEquals(new Placement(prefill, prompt - seen, reason), rule.place(prompt, seen, BLOCK, PLAIN));
  }

  @Test
  void whatOneHandOffCannotCarryStaysWithDecode() {
    assertEquals(Reason.SEVERAL_ANSWERS, place(SamplingParams.builder().n(2).build()));
    assertEquals(Reason.PROMPT_LOGPROBS, place(SamplingParams.builder().promptLogprobs(0).build()));
    assertEquals(Reason.NO_ANSWER, place(SamplingParams.builder().maxTokens(0).build()));
  }

  private Reason place(SamplingParams sampling) {
    Placement placement = rule.place(5_000, 0, BLOCK, sampling);
    assertEquals("decode", placement.label());
    return placement.reason();
  }

  @Test
  void aThresholdBelowOneIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new PlacementRule(0));
  }

  @Test
  void theLongestSeenPrefixIsConsecutive() {
    SeenPrefixes seen = new SeenPrefixes(100);
    seen.remember(List.of("a", "b", "c"));
    assertEquals(3, seen.longestPrefix(List.of("a", "b", "c", "d")));
    assertEquals(1, seen.longestPrefix(List.of("a", "x", "c")));
    assertEquals(0, seen.longestPrefix(List.of("x", "b")));
    assertEquals(0, seen.longestPrefix(List.of()));
    seen.forget();
    assertEquals(0, seen.longestPrefix(List.of("a")));
  }

  @Test
  void whatWasUsedLongestAgoIsForgottenEndsFirst() {
    SeenPrefixes seen = new SeenPrefixes(4);
    seen.remember(List.of("a1", "a2"));
    seen.remember(List.of("b1", "b2"));
    assertEquals(2, seen.longestPrefix(List.of("a1", "a2")), "used again");
    seen.remember(List.of("c1"));
    assertEquals(4, seen.size());
    assertEquals(1, seen.longestPrefix(List.of("b1", "b2")), "its end went, its beginning is still of use");
    assertEquals(2, seen.longestPrefix(List.of("a1", "a2")));
  }

  @Test
  void neverMoreThanItsCapacity() {
    SeenPrefixes seen = new SeenPrefixes(10);
    IntStream.range(0, 1_000).forEach(i -> seen.remember(List.of("x" + i, "y" + i)));
    assertEquals(10, seen.size());
  }
}
