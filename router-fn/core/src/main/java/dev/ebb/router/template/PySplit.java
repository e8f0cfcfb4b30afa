package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Python's ways of cutting strings. */
final class PySplit {
  private PySplit() {}

  /**
   * {@code split} and {@code rsplit}.
   *
   * @param separator null for runs of white space, which then also fall off the ends
   * @param most cuts at most, -1 for all
   */
  static List<Object> split(String text, String separator, int most, boolean fromRight) {
    if (separator != null && separator.isEmpty()) {
      throw new TemplateException("empty separator");
    }
    if (fromRight) {
      String reversedSeparator = separator == null ? null : reversed(separator);
      List<Object> parts = split(reversed(text), reversedSeparator, most, false);
      parts.replaceAll(part -> reversed((String) part));
      Collections.reverse(parts);
      return parts;
    }
    return separator == null ? words(text, most) : parts(text, separator, most);
  }

  private static List<Object> parts(String text, String separator, int most) {
    List<Object> out = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator); at >= 0 && out.size() != most; at = text.indexOf(separator, from)) {
      out.add(text.substring(from, at));
      from = at + separator.length();
    }
    out.add(text.substring(from));
    return out;
  }

  private static List<Object> words(String text, int most) {
    List<Object> out = new ArrayList<>();
    String rest = PyText.stripLeft(text, null);
    while (!rest.isEmpty() && out.size() != most) {
      int end = 0;
      while (end < rest.length() && !PyText.isSpace(rest.charAt(end))) {
        end++;
      }
      out.add(rest.substring(0, end));
      rest = PyText.stripLeft(rest.substring(end), null);
    }
    if (!rest.isEmpty()) {
      out.add(rest);
    }
    return out;
  }

  /** Reverses characters without breaking pairs of surrogates. */
  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  static List<Object> lines(String text) {
    return new ArrayList<>(Arrays.asList((Object[]) text.lines().toArray(String[]::new)));
  }

  /** The parts before, at and after a place; {@code last} says on which side all goes if there is none. */
  static List<Object> partition(String text, String separator, int at, boolean last) {
    if (at < 0) {
      return new PyTuple(last ? List.of("", "", text) : List.of(text, "", ""));
    }
    return new PyTuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }
}
