package dev.ebb.router.template;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Jinja2's filters, as far as chat templates use them; an unknown one is an error that names it. */
final class Filters {

  /** A filter with its evaluated arguments. */
  @FunctionalInterface
  interface Filter {
    Object apply(RenderState state, Object input, Arguments.Values arguments);
  }

  private static final Map<String, Filter> ALL = new HashMap<>();

  static {
    texts();
    values();
    SequenceFilters.register(ALL);
  }

  private Filters() {}

  static Filter named(String name) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw new TemplateException("no filter named '" + name + "'");
    }
    return filter;
  }

  private static void texts() {
    text("trim", (s, t, a) -> {
      String chars = a.text(s, 0, "chars", null);
      return PyText.stripLeft(PyText.stripRight(t, chars), chars);
    });
    text("upper", (s, t, a) -> PyCase.upper(s, t));
    text("lower", (s, t, a) -> PyCase.lower(s, t));
    text("capitalize", (s, t, a) -> PyCase.capitalize(s, t));
    text("title", (s, t, a) -> title(s, t));
    text("string", (s, t, a) -> t);
    text("safe", (s, t, a) -> t);
    text("escape", (s, t, a) -> escape(s, t));
    text("e", (s, t, a) -> escape(s, t));
    text("replace", StringMethods::replace);
    text("format", (s, t, a) -> PyFormat.percent(s, t, a.positional()));
    text("indent", Filters::indent);
    text("wordcount", (s, t, a) -> (long) PySplit.split(s, t, null, -1, false).size());
  }

  /** Registers a filter that goes over the whole text of its input. */
  private static void text(String name, StringMethods.Method meaning) {
    ALL.put(name, (s, v, a) -> StringMethods.call(meaning, s, PyText.of(s, v), a));
  }

  private static void values() {
    Filter fallback = (s, v, a) ->
        v instanceof Undefined || (Operators.truth(a.get(1, "boolean", false)) && !Operators.truth(v))
            ? a.get(0, "default_value", "") : v;
    ALL.put("default", fallback);
    ALL.put("d", fallback);
    ALL.put("tojson", PyJson::filter);
    ALL.put("length", (s, v, a) -> (long) Sequences.length(s, v));
    ALL.put("count", (s, v, a) -> (long) Sequences.length(s, v));
    ALL.put("int", (s, v, a) -> integer(read(s, v), a.get(0, "default", 0L)));
    ALL.put("float", (s, v, a) -> real(read(s, v), a.get(0, "default", 0.0)));
    ALL.put("abs", (s, v, a) ->
        v instanceof Double d ? (Object) Math.abs(d) : (Object) Math.absExact(Operators.integer(v)));
    ALL.put("round", Filters::round);
    ALL.put("attr", (s, v, a) -> Attributes.attribute(v, a.text(s, 0, "name", "")));
  }

  /** Every character after a separator, and the first, becomes upper case, all others lower case. */
  private static String title(RenderState state, String text) {
    LimitedText out = new LimitedText(state);
    boolean begins = true;
    for (int c : text.codePoints().toArray()) {
      String one = Character.toString(c);
      out.append(begins ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
      begins = "-({[<".indexOf(c) >= 0 || (c < 0x10000 && PyText.isSpace((char) c));
    }
    return out.toString();
  }

  private static String escape(RenderState state, String text) {
    LimitedText out = new LimitedText(state);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static String indent(RenderState state, String text, Arguments.Values arguments) {
    Object width = arguments.get(0, "width", 4L);
    String step = width instanceof String given
        ? given
        : " ".repeat((int) Math.clamp(Operators.integer(width), 0, 256));
    boolean first = Operators.truth(arguments.get(1, "first", false));
    boolean blank = Operators.truth(arguments.get(2, "blank", false));
    Iterator<String> lines = text.concat("\n").lines().iterator();
    LimitedText out = new LimitedText(state).append(first ? step : "").append(lines.next());
    while (lines.hasNext()) {
      String line = lines.next();
      out.append('\n').append(line.isEmpty() && !blank ? "" : step).append(line);
    }
    return out.toString();
  }

  private static Object read(RenderState state, Object value) {
    state.work(value instanceof String text ? text.length() : 1);
    return value;
  }

  private static Object integer(Object value, Object absent) {
    try {
      return switch (value) {
        case Double number -> (long) number.doubleValue();
        case Boolean bool -> bool ? 1L : 0L;
        case Number number -> number.longValue();
        case String text -> text.strip().matches("[-+]?\\d+") ? Long.parseLong(text.strip())
            : (Object) (long) Double.parseDouble(text.strip());
        case null, default -> absent;
      };
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  private static Object real(Object value, Object absent) {
    try {
      return switch (value) {
        case Boolean bool -> bool ? 1.0 : 0.0;
        case Number number -> number.doubleValue();
        case String text -> Double.parseDouble(text.strip());
        case null, default -> absent;
      };
    } catch (NumberFormatException e) {
      return absent;
    }
  }

  /** Half goes to the even neighbour, as Python rounds. */
  private static Object round(RenderState state, Object value, Arguments.Values arguments) {
    long places = Operators.integer(arguments.get(0, "precision", 0L));
    String method = arguments.text(state, 1, "method", "common");
    if (!(value instanceof Double number)) {
      return Operators.integer(value);
    }
    double scale = Math.pow(10, places);
    return switch (method) {
      case "common" -> new java.math.BigDecimal(number)
          .setScale((int) Math.clamp(places, -300, 300), java.math.RoundingMode.HALF_EVEN).doubleValue();
      case "ceil" -> Math.ceil(number * scale) / scale;
      case "floor" -> Math.floor(number * scale) / scale;
      default -> throw new TemplateException("method must be common, ceil or floor");
    };
  }
}
