package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
    ALL.put("trim", (s, v, a) -> {
      String chars = a.text(0, "chars", null);
      return PyText.stripLeft(PyText.stripRight(PyText.of(v), chars), chars);
    });
    ALL.put("upper", (s, v, a) -> PyText.of(v).toUpperCase(Locale.ROOT));
    ALL.put("lower", (s, v, a) -> PyText.of(v).toLowerCase(Locale.ROOT));
    ALL.put("capitalize", (s, v, a) -> StringMethods.capitalize(PyText.of(v)));
    ALL.put("title", (s, v, a) -> title(PyText.of(v)));
    ALL.put("string", (s, v, a) -> PyText.of(v));
    ALL.put("safe", (s, v, a) -> PyText.of(v));
    ALL.put("escape", (s, v, a) -> escape(PyText.of(v)));
    ALL.put("e", (s, v, a) -> escape(PyText.of(v)));
    ALL.put("replace", (s, v, a) -> StringMethods.find(PyText.of(v), "replace").call(s, a.positional(), a.named()));
    ALL.put("format", (s, v, a) -> PyFormat.percent(PyText.of(v), a.positional()));
    ALL.put("indent", (s, v, a) -> indent(PyText.of(v), a));
    ALL.put("wordcount", (s, v, a) -> (long) PySplit.split(PyText.of(v), null, -1, false).size());
  }

  private static void values() {
    Filter fallback = (s, v, a) ->
        v instanceof Undefined || (Operators.truth(a.get(1, "boolean", false)) && !Operators.truth(v))
            ? a.get(0, "default_value", "") : v;
    ALL.put("default", fallback);
    ALL.put("d", fallback);
    ALL.put("tojson", (s, v, a) -> PyJson.filter(v, a));
    ALL.put("length", (s, v, a) -> (long) Sequences.length(v));
    ALL.put("count", (s, v, a) -> (long) Sequences.length(v));
    ALL.put("int", (s, v, a) -> integer(v, a.get(0, "default", 0L)));
    ALL.put("float", (s, v, a) -> real(v, a.get(0, "default", 0.0)));
    ALL.put("abs", (s, v, a) ->
        v instanceof Double d ? (Object) Math.abs(d) : (Object) Math.absExact(Operators.integer(v)));
    ALL.put("round", (s, v, a) -> round(v, a));
    ALL.put("attr", (s, v, a) -> Attributes.attribute(v, a.text(0, "name", "")));
  }

  /** Every character after a separator, and the first, becomes upper case, all others lower case. */
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean begins = true;
    for (int c : text.codePoints().toArray()) {
      String one = Character.toString(c);
      out.append(begins ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
      begins = "-({[<".indexOf(c) >= 0 || (c < 0x10000 && PyText.isSpace((char) c));
    }
    return out.toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        .replace("'", "&#39;").replace("\"", "&#34;");
  }

  private static String indent(String text, Arguments.Values arguments) {
    Object width = arguments.get(0, "width", 4L);
    String step = width instanceof String given
        ? given
        : " ".repeat((int) Math.clamp(Operators.integer(width), 0, 256));
    boolean first = Operators.truth(arguments.get(1, "first", false));
    boolean blank = Operators.truth(arguments.get(2, "blank", false));
    List<String> lines = new ArrayList<>(text.concat("\n").lines().toList());
    StringBuilder out = new StringBuilder(first ? step : "").append(lines.get(0));
    for (String line : lines.subList(1, lines.size())) {
      out.append('\n').append(line.isEmpty() && !blank ? "" : step).append(line);
    }
    return out.toString();
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
  private static Object round(Object value, Arguments.Values arguments) {
    long places = Operators.integer(arguments.get(0, "precision", 0L));
    String method = arguments.text(1, "method", "common");
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
