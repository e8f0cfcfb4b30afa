package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Python's methods of strings. */
final class StringMethods {

  /** A method with its evaluated arguments. */
  private interface Method {
    Object call(RenderState state, String text, Arguments.Values arguments);
  }

  private static final Map<String, Method> METHODS =
      Map.ofEntries(
          Map.entry("strip", (s, t, a) -> PyText.stripLeft(PyText.stripRight(t, chars(a)), chars(a))),
          Map.entry("lstrip", (s, t, a) -> PyText.stripLeft(t, chars(a))),
          Map.entry("rstrip", (s, t, a) -> PyText.stripRight(t, chars(a))),
          Map.entry("startswith", (s, t, a) -> anyOf(a).stream().anyMatch(t::startsWith)),
          Map.entry("endswith", (s, t, a) -> anyOf(a).stream().anyMatch(t::endsWith)),
          Map.entry("removeprefix", (s, t, a) -> t.startsWith(one(a)) ? t.substring(one(a).length()) : t),
          Map.entry("removesuffix", (s, t, a) ->
              t.endsWith(one(a)) ? t.substring(0, t.length() - one(a).length()) : t),
          Map.entry("upper", (s, t, a) -> t.toUpperCase(Locale.ROOT)),
          Map.entry("lower", (s, t, a) -> t.toLowerCase(Locale.ROOT)),
          Map.entry("title", (s, t, a) -> title(t)),
          Map.entry("capitalize", (s, t, a) -> capitalize(t)),
          Map.entry("split", (s, t, a) -> PySplit.split(t, a.text(0, "sep", null), limit(a), false)),
          Map.entry("rsplit", (s, t, a) -> PySplit.split(t, a.text(0, "sep", null), limit(a), true)),
          Map.entry("splitlines", (s, t, a) -> PySplit.lines(t)),
          Map.entry("partition", (s, t, a) -> PySplit.partition(t, one(a), t.indexOf(one(a)), false)),
          Map.entry("rpartition", (s, t, a) -> PySplit.partition(t, one(a), t.lastIndexOf(one(a)), true)),
          Map.entry("replace", StringMethods::replace),
          Map.entry("find", (s, t, a) -> points(t, t.indexOf(one(a)))),
          Map.entry("rfind", (s, t, a) -> points(t, t.lastIndexOf(one(a)))),
          Map.entry("index", (s, t, a) -> index(t, one(a))),
          Map.entry("count", (s, t, a) -> count(t, one(a))),
          Map.entry("join", (s, t, a) -> join(s, t, a.get(0, "iterable", Collections.emptyList()))),
          Map.entry("format", (s, t, a) -> PyFormat.braces(t, a)),
          Map.entry("isdigit", (s, t, a) -> all(t, Character::isDigit)),
          Map.entry("isnumeric", (s, t, a) -> all(t, Character::isDigit)),
          Map.entry("isalpha", (s, t, a) -> all(t, Character::isLetter)),
          Map.entry("isalnum", (s, t, a) -> all(t, Character::isLetterOrDigit)),
          Map.entry("isspace", (s, t, a) -> all(t, c -> c < 0x10000 && PyText.isSpace((char) c))),
          Map.entry("isupper", (s, t, a) -> isUpper(t)),
          Map.entry("islower", (s, t, a) -> isLower(t)));

  private StringMethods() {}

  /** The method bound to a string, or null. */
  static Callable find(String text, String name) {
    Method method = METHODS.get(name);
    return method == null
        ? null
        : (state, arguments, named) -> method.call(state, text, new Arguments.Values(arguments, named));
  }

  private static String chars(Arguments.Values arguments) {
    return arguments.text(0, "chars", null);
  }

  private static int limit(Arguments.Values arguments) {
    return (int) Math.clamp(Operators.integer(arguments.get(1, "maxsplit", -1L)), -1, Integer.MAX_VALUE);
  }

  private static String one(Arguments.Values arguments) {
    return string(arguments.get(0, "", null));
  }

  private static String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new TemplateException("must be str, not " + Operators.typeName(value));
  }

  private static List<String> anyOf(Arguments.Values arguments) {
    Object value = arguments.get(0, "", null);
    return value instanceof List<?> list ? list.stream().map(StringMethods::string).toList() : List.of(string(value));
  }

  private static boolean all(String text, java.util.function.IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  static boolean isUpper(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT)) && !text.equals(text.toLowerCase(Locale.ROOT));
  }

  static boolean isLower(String text) {
    return text.equals(text.toLowerCase(Locale.ROOT)) && !text.equals(text.toUpperCase(Locale.ROOT));
  }

  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    String begin = Character.toString(Character.toTitleCase(text.codePointAt(0)));
    return begin + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  private static String replace(RenderState state, String text, Arguments.Values arguments) {
    String old = one(arguments);
    String with = string(arguments.get(1, "new", null));
    long most = Operators.integer(arguments.get(2, "count", -1L));
    StringBuilder out = new StringBuilder();
    int from = 0;
    int at = old.isEmpty() ? 0 : text.indexOf(old);
    for (long n = 0; at >= 0 && at <= text.length() && (most < 0 || n < most); n++) {
      state.checkLength((long) out.length() + with.length());
      out.append(text, from, at).append(with);
      from = at + old.length();
      if (old.isEmpty()) {
        at = from == text.length() ? -1 : text.offsetByCodePoints(from, 1);
      } else {
        at = text.indexOf(old, from);
      }
    }
    return out.append(text, from, text.length()).toString();
  }

  private static long points(String text, int index) {
    return index < 0 ? -1 : text.codePointCount(0, index);
  }

  private static long index(String text, String part) {
    int at = text.indexOf(part);
    if (at < 0) {
      throw new TemplateException("substring not found");
    }
    return points(text, at);
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static String join(RenderState state, String separator, Object items) {
    StringBuilder out = new StringBuilder();
    String before = "";
    for (Object item : Sequences.items(items)) {
      if (!(item instanceof String part)) {
        throw new TemplateException("sequence item: expected str instance, " + Operators.typeName(item) + " found");
      }
      state.checkLength((long) out.length() + before.length() + part.length());
      out.append(before).append(part);
      before = separator;
    }
    return out.toString();
  }
}
