package dev.ebb.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
  private static StopMatcher.Result result(String text, String stop) {
    return new StopMatcher.Result(text, Optional.ofNullable(stop));
  }

  @Test
  void aStopAcrossPiecesIsNeverShown() {
    StopMatcher matcher = new StopMatcher(List.of("END", "\n\n"), false);
    assertEquals(result("abc", null), matcher.add("abcE"));
    assertEquals(result("", null), matcher.add("N"));
    assertEquals(result("", "END"), matcher.add("Dxyz"));
  }

  @Test
  void heldTextIsShownWhenItIsNoStop() {
    StopMatcher matcher = new StopMatcher(List.of("END"), false);
    assertEquals(result("", null), matcher.add("EN"));
    assertEquals(result("ENx", null), matcher.add("xE"));
    assertEquals(result("Ex", null), matcher.add("x"));
  }

  @Test
  void theEarliestStopWins() {
    StopMatcher matcher = new StopMatcher(List.of("later", "now"), false);
    assertEquals(result("a ", "now"), matcher.add("a now or later"));
  }

  @Test
  void theStopStaysWhenAskedFor() {
    StopMatcher matcher = new StopMatcher(List.of("b"), true);
    assertEquals(result("ab", "b"), matcher.add("abc"));
  }

  @Test
  void whatIsHeldComesAtTheEnd() {
    StopMatcher matcher = new StopMatcher(List.of("abcd"), false);
    assertEquals(result("x", null), matcher.add("xabc"));
    assertEquals("abc", matcher.finish());
  }

  /** However a text is cut into pieces, what is shown is the text up to the stop that completes first. */
  @Test
  void piecesMakeNoDifference() {
    Random random = new Random(8);
    for (int round = 0; round < 2000; round++) {
      String text = letters(random, 30);
      List<String> stops = List.of(letters(random, 1 + random.nextInt(4)), letters(random, 1 + random.nextInt(4)));
      assertEquals(upToStop(text, stops), shown(random, text, stops), text + " " + stops);
    }
  }

  /** Reads letter by letter: the first moment at which the text ends with a stop, the longest one. */
  private static String upToStop(String text, List<String> stops) {
    for (int end = 1; end <= text.length(); end++) {
      String read = text.substring(0, end);
      OptionalInt longest = stops.stream().filter(read::endsWith).mapToInt(String::length).max();
      if (longest.isPresent()) {
        return read.substring(0, end - longest.getAsInt());
      }
    }
    return text;
  }

  private static String shown(Random random, String text, List<String> stops) {
    StopMatcher matcher = new StopMatcher(stops, false);
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(4));
      StopMatcher.Result result = matcher.add(text.substring(at, end));
      shown.append(result.text());
      if (result.stop().isPresent()) {
        return shown.toString();
      }
      at = end;
    }
    return shown + matcher.finish();
  }

  private static String letters(Random random, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append((char) ('a' + random.nextInt(3)));
    }
    return letters.toString();
  }
}
