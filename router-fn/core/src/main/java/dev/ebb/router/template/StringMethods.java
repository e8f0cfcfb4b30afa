package dev.ebb.router.template;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Python's methods of strings. */
final class StringMethods {

  /** A method with its evaluated arguments. */
  interface Method {
    Object call(RenderState state, String text, Arguments.Values arguments);
  }

  private static final Map<String, Method> METHODS =
      Map.ofEntries(
          Map.entry("strip", (s, t, a) -> PyText.stripLeft(PyText.stripRight(t, chars(s, a)), chars(s, a))),
          Map.entry("lstrip", (s, t, a) -> PyText.stripLeft(t, chars(s, a))),
          Map.entry("rstrip", (s, t, a) -> PyText.stripRight(t, chars(s, a))),
          Map.entry("startswith", (s, t, a) -> any(s, a, Stretch.of(t, a).text()::startsWith)),
          Map.entry("endswith", (s, t, a) -> any(s, a, Stretch.of(t, a).text()::endsWith)),
          Map.entry("removeprefix", (s, t, a) -> t.startsWith(one(a)) ? t.substring(one(a).length()) : t),
          Map.entry("removesuffix", (s, t, a) ->
              t.endsWith(one(a)) ? t.substring(0, t.length() - one(a).length()) : t),
          Map.entry("upper", (s, t, a) -> PyCase.upper(s, t)),
          Map.entry("lower", (s, t, a) -> PyCase.lower(s, t)),
          Map.entry("title", (s, t, a) -> title(s, t)),
          Map.entry("capitalize", (s, t, a) -> PyCase.capitalize(s, t)),
          Map.entry("split", (s, t, a) -> PySplit.split(s, t, a.text(s, 0, "sep", null), limit(a), false)),
          Map.entry("rsplit", (s, t, a) -> PySplit.split(s, t, a.text(s, 0, "sep", null), limit(a), true)),
          Map.entry("splitlines", (s, t, a) -> PySplit.lines(s, withoutArguments(t, a))),
          Map.entry("partition", (s, t, a) -> PySplit.partition(s, t, one(a), indexOf(s, t, a), false)),
          Map.entry("rpartition", (s, t, a) -> PySplit.partition(s, t, one(a), lastIndexOf(s, t, a), true)),
          Map.entry("replace", StringMethods::replace),
          Map.entry("find", (s, t, a) -> Stretch.of(t, a).place(part -> indexOf(s, part, a))),
          Map.entry("rfind", (s, t, a) -> Stretch.of(t, a).place(part -> lastIndexOf(s, part, a))),
          Map.entry("index", (s, t, a) -> found(Stretch.of(t, a).place(part -> indexOf(s, part, a)))),
          Map.entry("count", (s, t, a) -> count(s, Stretch.of(t, a).text(), one(a))),
          Map.entry("join", (s, t, a) -> join(s, t, a.get(0, "iterable", Collections.emptyList()))),
          Map.entry("format", (s, t, a) -> PyFormat.braces(s, t, a)),
          Map.entry("isdigit", (s, t, a) -> all(t, Character::isDigit)),
          Map.entry("isnumeric", (s, t, a) -> all(t, Character::isDigit)),
          Map.entry("isalpha", (s, t, a) -> all(t, Character::isLetter)),
          Map.entry("isalnum", (s, t, a) -> all(t, Character::isLetterOrDigit)),
          Map.entry("isspace", (s, t, a) -> all(t, c -> c < 0x10000 && PyText.isSpace((char) c))),
          Map.entry("isupper", (s, t, a) -> PyCase.isUpper(s, t)),
          Map.entry("islower", (s, t, a) -> PyCase.isLower(s, t)));

  private StringMethods() {}

  /** The method bound to a string, or null. */
  static Callable find(String text, String name) {
    Method method = METHODS.get(name);
    return method == null
        ? null
        : (state, arguments, named) -> call(method, state, text, new Arguments.Values(arguments, named));
  }

  /** Calls, and counts the work and what it made. */
  static Object call(Method method, RenderState state, String text, Arguments.Values arguments) {
    state.work(text.length());
    Object result = method.call(state, text, arguments);
    return result instanceof String made && made != text ? state.made(made) : result;
  }

  private static int indexOf(RenderState state, String text, Arguments.Values arguments) {
    return TextSearch.indexOf(state, text, one(arguments), 0);
  }

  private static int lastIndexOf(RenderState state, String text, Arguments.Values arguments) {
    return TextSearch.lastIndexOf(state, text, one(arguments));
  }

  private static String chars(RenderState state, Arguments.Values arguments) {
    return arguments.text(state, 0, "chars", null);
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

  private static boolean any(RenderState state, Arguments.Values arguments, Predicate<String> test) {
    Object value = arguments.get(0, "", null);
    for (Object part : value instanceof List<?> list ? list : Collections.singletonList(value)) {
      state.tick();
      state.work(string(part).length());
      if (test.test(string(part))) {
        return true;
      }
    }
    return false;
  }

  private static boolean all(String text, java.util.function.IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static String title(RenderState state, String text) {
    LimitedText out = new LimitedText(state);
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inWord = Character.isLetter(c);
    }
    return out.toString();
  }

  static String replace(RenderState state, String text, Arguments.Values arguments) {
    String old = one(arguments);
    String with = string(arguments.get(1, "new", null));
    long most = Operators.integer(arguments.get(2, "count", -1L));
    LimitedText out = new LimitedText(state);
    int from = 0;
    int at = TextSearch.indexOf(state, text, old, 0);
    for (long n = 0; at >= 0 && (most < 0 || n < most); n++) {
      out.append(text, from, at).append(with);
      from = at + old.length();
      if (old.isEmpty()) {
        at = from == text.length() ? -1 : text.offsetByCodePoints(from, 1);
      } else {
        at = TextSearch.indexOf(state, text, old, from);
      }
    }
    return out.append(text, from, text.length()).toString();
  }

  private static String withoutArguments(String text, Arguments.Values arguments) {
    arguments.atMost(0);
    return text;
  }

  private static long found(long at) {
    if (at < 0) {
      throw new TemplateException("substring not found");
    }
    return at;
  }

  private static long count(RenderState state, String text, String part) {
    if (part.isEmpty()) {
      return text.codePointCount(0, text.length()) + 1L;
    }
    long count = 0;
    int at = TextSearch.indexOf(state, text, part, 0);
    while (at >= 0) {
      count++;
      at = TextSearch.indexOf(state, text, part, at + part.length());
    }
    return count;
  }

  private static String join(RenderState state, String separator, Object items) {
    LimitedText out = new LimitedText(state);
    String before = "";
    for (Object item : Sequences.items(state, items)) {
      state.tick();
      if (!(item instanceof String part)) {
        throw new TemplateException("sequence item: expected str instance, " + Operators.typeName(item) + " found");
      }
      out.append(before).append(part);
      before = separator;
    }
    return out.toString();
  }
}
