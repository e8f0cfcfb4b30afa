package dev.ebb.router.template;

import java.util.List;

/** The simple forms of Python's two ways of string formatting; others are refused. */
final class PyFormat {
  private PyFormat() {}

  /** {@code "...%s...%d..." % values}. */
  static String percent(RenderState state, String format, List<?> values) {
    LimitedText out = new LimitedText(state);
    int used = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      char kind = ++i < format.length() ? format.charAt(i) : ' ';
      if (kind == '%') {
        out.append('%');
        continue;
      }
      if (used == values.size()) {
        throw new TemplateException("not enough arguments for format string");
      }
      Object value = values.get(used++);
      switch (kind) {
        case 's' -> out.append(PyText.of(state, value));
        case 'r' -> out.append(PyText.repr(state, value));
        case 'd', 'i' -> out.append(Long.toString(
            value instanceof Double real ? (long) real.doubleValue() : Operators.integer(value)));
        default -> throw new TemplateException("format %" + kind + " is not supported");
      }
    }
    if (used < values.size()) {
      throw new TemplateException("not all arguments converted during string formatting");
    }
    return out.toString();
  }

  /** {@code "...{}...{0}...{name}...".format(...)}. */
  static String braces(RenderState state, String format, Arguments.Values arguments) {
    LimitedText out = new LimitedText(state);
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        i++;
      } else if (c == '{') {
        int close = format.indexOf('}', i);
        if (close < 0) {
          throw new TemplateException("expected '}' before end of string");
        }
        String field = format.substring(i + 1, close);
        out.append(PyText.of(state, field(field.isEmpty() ? Integer.toString(next++) : field, arguments)));
        i = close;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static Object field(String field, Arguments.Values arguments) {
    if (field.matches("\\d{1,4}")) {
      int place = Integer.parseInt(field);
      if (place >= arguments.positional().size()) {
        throw new TemplateException("Replacement index " + place + " out of range for positional args tuple");
      }
      return arguments.positional().get(place);
    }
    if (!arguments.named().containsKey(field)) {
      throw new TemplateException("format field {" + field + "} is not supported or not given");
    }
    return arguments.named().get(field);
  }
}
