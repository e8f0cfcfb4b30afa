package dev.ebb.router.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Upper and lower case are those of Python, whatever the length. */
class PyCaseTest {
  private final RenderState state =
      new RenderState(new Scope(null), Duration.ofMinutes(5), 1 << 20, Clock.systemUTC());

  /** As Python 3.11's str.lower gave it. */
  @Test
  void sigmasAndDottedLettersAreAsInPython() {
    assertEquals(
        "\u1f40\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2|\u03c3\u03c2 \u03c3 a\u03c2|a.\u03c2 '\u03c3 b'\u03c2"
            + "|a\u03c2\u0307 a\u03c3\u0307b|i\u0307\u03c2|\u03c3|a\u03c2\u02b0|a\u02b0\u03c2"
            + "|x\ud835\udc00\u03c3\ud835\udc00|\u03b1\u03c3:\u03c3\u03b1"
            + "|a\u00ad\u03c3\u00ad.b \u03c31 1\u03c3 a1\u03c3",
        PyCase.lower(state,
            "\u1f48\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3|\u03a3\u03a3 \u03a3 a\u03a3|a.\u03a3 '\u03a3 b'\u03a3"
            + "|A\u03a3\u0307 A\u03a3\u0307B|\u0130\u03a3|\u03a3|A\u03a3\u02b0|A\u02b0\u03a3"
            + "|x\ud835\udc00\u03a3\ud835\udc00|\u0391\u03a3:\u03a3\u0391"
            + "|A\u00ad\u03a3\u00ad.b \u03a31 1\u03a3 A1\u03a3"));
  }

  @Test
  void otherLettersAreAsInJava() {
    String letters = "aZ\u00df\u0149\ufb03\u00c9 \ud801\udc00\ud801\udc28\u01c5\u0131.";
    Random random = new Random(5);
    for (int length = 0; length < 1500; length += 7) {
      StringBuilder text = new StringBuilder();
      random.ints(length, 0, letters.length()).forEach(i -> text.append(letters.charAt(i)));
      assertEquals(text.toString().toUpperCase(Locale.ROOT), PyCase.upper(state, text.toString()));
      assertEquals(text.toString().toLowerCase(Locale.ROOT), PyCase.lower(state, text.toString()));
      assertEquals(PyCase.lower(state, text.toString()) + "i\u0307", PyCase.lower(state, text + "\u0130"));
    }
  }
}
