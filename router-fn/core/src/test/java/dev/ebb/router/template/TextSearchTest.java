package dev.ebb.router.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Searches that look at the clock find what Java's find. */
class TextSearchTest {
  private final RenderState state =
      new RenderState(new Scope(null), Duration.ofMinutes(5), 1 << 20, Clock.systemUTC());

  @Test
  void placesAreThoseOfJava() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      check(random(random, random.nextInt(40)), random(random, random.nextInt(5)), random.nextInt(40));
    }
  }

  @Test
  void longPartsAreFoundAcrossLooks() {
    // With parts that long Java's search is called for a place or two at a time.
    for (int length : new int[] {20_000, 40_000, 70_000}) {
      String part = "a".repeat(length) + "b";
      for (int before = 0; before < 8; before++) {
        check("a".repeat(before) + part + part + "a".repeat(before), part, before);
        check("a".repeat(before) + part, part + "b", 0);
      }
    }
    check("x".repeat(200_000) + "yz", "yz", 3);
  }

  private void check(String text, String part, int from) {
    int start = Math.min(from, text.length());
    assertEquals(text.indexOf(part, start), TextSearch.indexOf(state, text, part, start));
    assertEquals(text.lastIndexOf(part), TextSearch.lastIndexOf(state, text, part));
  }

  private static String random(Random random, int length) {
    return random.ints(length, 'a', 'c').collect(StringBuilder::new, StringBuilder::appendCodePoint,
        StringBuilder::append).toString();
  }
}
