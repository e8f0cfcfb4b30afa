package dev.ebb.router.template;

import java.util.Locale;

/** Upper and lower case in linear time: Java's is quadratic in some letters, such as sigmas. */
final class PyCase {
  private static final int AT_ONCE = 256;

  /** The one character whose lower case is two, an i and a combining dot. */
  private static final char DOTTED_I = '\u0130';

  /** The one character with two lower cases; the other is for the end of a word. */
  private static final char SIGMA = '\u03a3';

  /** Beside kinds of marks, what Unicode calls case-ignorable: signs that stand within words. */
  private static final String IN_WORDS =
      "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

  private PyCase() {}

  static String upper(RenderState state, String text) {
    if (text.length() <= AT_ONCE) {
      return text.toUpperCase(Locale.ROOT);
    }
    LimitedText out = new LimitedText(state);
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + AT_ONCE);
      to -= to < text.length() && Character.isLowSurrogate(text.charAt(to)) ? 1 : 0;
      out.append(text.substring(from, to).toUpperCase(Locale.ROOT));
      from = to;
    }
    return out.toString();
  }

  static String lower(RenderState state, String text) {
    state.work(text.length());
    if (text.indexOf(SIGMA) < 0 && text.indexOf(DOTTED_I) < 0) {
      return text.toLowerCase(Locale.ROOT);
    }
    LimitedText out = new LimitedText(state);
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      switch (points[i]) {
        case DOTTED_I -> out.append("i\u0307");
        case SIGMA -> out.append(cased(points, i, -1) && !cased(points, i, 1) ? '\u03c2' : '\u03c3');
        default -> out.appendCodePoint(Character.toLowerCase(points[i]));
      }
    }
    return out.toString();
  }

  /** Whether the next character in a direction is a letter with cases; what is ignorable is passed over. */
  private static boolean cased(int[] points, int from, int step) {
    int at = from + step;
    while (at >= 0 && at < points.length && ignorable(points[at])) {
      at += step;
    }
    return at >= 0 && at < points.length && (Character.isLowerCase(points[at]) || Character.isUpperCase(points[at])
        || Character.isTitleCase(points[at]));
  }

  private static boolean ignorable(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT, Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL -> true;
      default -> IN_WORDS.indexOf(c) >= 0;
    };
  }

  static boolean isUpper(RenderState state, String text) {
    return text.equals(upper(state, text)) && !text.equals(lower(state, text));
  }

  static boolean isLower(RenderState state, String text) {
    return text.equals(lower(state, text)) && !text.equals(upper(state, text));
  }

  static String capitalize(RenderState state, String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    String begin = Character.toString(Character.toTitleCase(text.codePointAt(0)));
    return begin + lower(state, text.substring(first));
  }
}
