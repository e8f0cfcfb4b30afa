package dev.ebb.router.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON as Python's {@code json.dumps} writes it, by default on one line with spaces after separators. */
final class PyJson {
  private final RenderState state;
  private final boolean ascii;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;
  private final LimitedText out;

  private PyJson(
      RenderState state, boolean ascii, String indent, String itemSeparator, String keySeparator, boolean sorted) {
    this.state = state;
    this.out = new LimitedText(state);
    this.ascii = ascii;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sorted = sorted;
  }

  /** The filter {@code tojson(ensure_ascii=False, indent=None, separators=None, sort_keys=False)}. */
  static String filter(RenderState state, Object value, Arguments.Values arguments) {
    arguments.atMost(4, "ensure_ascii", "indent", "separators", "sort_keys");
    Object indent = arguments.get(1, "indent", null);
    String step = switch (indent) {
      case null -> null;
      case String text -> text;
      default -> " ".repeat((int) Math.clamp(Operators.integer(indent), 0, 64));
    };
    String item = step == null ? ", " : ",";
    String key = ": ";
    if (arguments.get(2, "separators", null) instanceof List<?> pair && pair.size() == 2) {
      item = PyText.of(state, pair.get(0));
      key = PyText.of(state, pair.get(1));
    }
    PyJson json = new PyJson(state, Operators.truth(arguments.get(0, "ensure_ascii", false)), step, item, key,
        Operators.truth(arguments.get(3, "sort_keys", false)));
    json.write(value, 0);
    return state.made(json.out.toString());
  }

  private void write(Object value, int depth) {
    state.enterValue();
    switch (value) {
      case null -> out.append("null");
      case Boolean bool -> out.append(bool.toString());
      case String text -> quote(text);
      case Double number when number.isNaN() -> out.append("NaN");
      case Double number when number.isInfinite() -> out.append(number > 0 ? "Infinity" : "-Infinity");
      case Double number -> out.append(PyText.number(number));
      case Number number -> out.append(number.toString());
      case List<?> list -> writeList(list, depth);
      case Map<?, ?> map -> writeMap(sorted ? sorted(map) : map, depth);
      default -> throw new TemplateException(
          "Object of type " + Operators.typeName(value) + " is not JSON serializable");
    }
    state.leaveValue();
  }

  private Map<Object, Object> sorted(Map<?, ?> map) {
    Map<Object, Object> out = new TreeMap<>((left, right) -> Operators.order(state, left, right, "<"));
    out.putAll(map);
    return out;
  }

  private void writeList(List<?> list, int depth) {
    out.append('[');
    for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
      line(depth + 1);
      write(items.next(), depth + 1);
      out.append(items.hasNext() ? itemSeparator : "");
    }
    if (!list.isEmpty()) {
      line(depth);
    }
    out.append(']');
  }

  private void writeMap(Map<?, ?> map, int depth) {
    out.append('{');
    Iterator<? extends Map.Entry<?, ?>> items = map.entrySet().iterator();
    while (items.hasNext()) {
      Map.Entry<?, ?> item = items.next();
      line(depth + 1);
      quote(key(item.getKey()));
      out.append(keySeparator);
      write(item.getValue(), depth + 1);
      out.append(items.hasNext() ? itemSeparator : "");
    }
    if (!map.isEmpty()) {
      line(depth);
    }
    out.append('}');
  }

  private String key(Object key) {
    return switch (key) {
      case null -> "null";
      case Boolean bool -> bool.toString();
      default -> PyText.of(state, key);
    };
  }

  private void line(int depth) {
    if (indent != null) {
      out.append('\n');
      for (int i = 0; i < depth; i++) {
        out.append(indent);
      }
    }
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || (ascii && c > 0x7e)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
