package dev.ebb.router.template;

import java.util.ArrayList;
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
  static List<Object> split(RenderState state, String text, String separator, int most, boolean fromRight) {
    if (separator != null && separator.isEmpty()) {
      throw new TemplateException("empty separator");
    }
    if (fromRight) {
      String reversedSeparator = separator == null ? null : reversed(separator);
      List<Object> parts = split(state, reversed(text), reversedSeparator, most, false);
      parts.replaceAll(part -> reversed((String) part));
      Collections.reverse(parts);
      return parts;
    }
    return separator == null ? words(state, text, most) : parts(state, text, separator, most);
  }

  private static List<Object> parts(RenderState state, String text, String separator, int most) {
    List<Object> out = new ArrayList<>();
    int from = 0;
    int at = TextSearch.indexOf(state, text, separator, 0);
    while (at >= 0 && out.size() != most) {
      add(state, out, text.substring(from, at));
      from = at + separator.length();
      at = TextSearch.indexOf(state, text, separator, from);
    }
    add(state, out, text.substring(from));
    return out;
  }

  private static List<Object> words(RenderState state, String text, int most) {
    List<Object> out = new ArrayList<>();
    int from = skip(text, 0, true);
    while (from < text.length() && out.size() != most) {
      int to = skip(text, from, false);
      add(state, out, text.substring(from, to));
      from = skip(text, to, true);
    }
    if (from < text.length()) {
      add(state, out, text.substring(from));
    }
    return out;
  }

  /** The first place from one on that is not white space, or that is. */
  private static int skip(String text, int from, boolean space) {
    int at = from;
    while (at < text.length() && PyText.isSpace(text.charAt(at)) == space) {
      at++;
    }
    return at;
  }

  private static void add(RenderState state, List<Object> out, String part) {
    state.checkItems(out.size() + 1L);
    state.made(part);
    state.makeItems(1);
    out.add(part);
  }

  /** Reverses characters without breaking pairs of surrogates. */
  private static String reversed(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  static List<Object> lines(RenderState state, String text) {
    List<Object> out = new ArrayList<>();
    text.lines().forEach(line -> add(state, out, line));
    return out;
  }

  /** The parts before, at and after a place; {@code last} says on which side all goes if there is none. */
  static List<Object> partition(RenderState state, String text, String separator, int at, boolean last) {
    if (at < 0) {
      return new PyTuple(last ? List.of("", "", text) : List.of(text, "", ""));
    }
    state.made(text);
    return new PyTuple(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
  }
}
