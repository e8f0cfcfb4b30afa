package dev.ebb.router.template;

import java.util.function.ToIntFunction;

/**
 * The part of a text that a method looks at: what stands between its arguments {@code start} and {@code end}, the
 * second and the third, counted in characters and from the end where they are negative.
 *
 * @param before characters before it
 */
record Stretch(String text, long before) {

  static Stretch of(String text, Arguments.Values arguments) {
    if (arguments.atMost(3).positional().size() == 1) {
      return new Stretch(text, 0);
    }
    int length = text.codePointCount(0, text.length());
    int start = bound(arguments.get(1, "", null), 0, length);
    int end = Math.max(start, bound(arguments.get(2, "", null), length, length));
    int from = text.offsetByCodePoints(0, start);
    return new Stretch(text.substring(from, text.offsetByCodePoints(from, end - start)), start);
  }

  private static int bound(Object value, int absent, int length) {
    if (value == null) {
      return absent;
    }
    long at = Operators.integer(value);
    return (int) Math.clamp(at < 0 ? at + length : at, 0, length);
  }

  /** Where in the whole text something stands that {@code search} finds in this part; -1 where it does not. */
  long place(ToIntFunction<String> search) {
    int at = search.applyAsInt(text);
    return at < 0 ? -1 : before + text.codePointCount(0, at);
  }
}
