package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Filters on lists, dicts and whatever else can be iterated. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void register(Map<String, Filters.Filter> all) {
    all.put("first", (s, v, a) -> end(Sequences.items(v), true));
    all.put("last", (s, v, a) -> end(Sequences.items(v), false));
    all.put("list", (s, v, a) -> Sequences.items(v));
    all.put("items", (s, v, a) -> items(v));
    all.put("reverse", (s, v, a) -> reverse(v));
    all.put("join", SequenceFilters::join);
    all.put("map", SequenceFilters::map);
    all.put("select", (s, v, a) -> select(v, a, false, true));
    all.put("reject", (s, v, a) -> select(v, a, false, false));
    all.put("selectattr", (s, v, a) -> select(v, a, true, true));
    all.put("rejectattr", (s, v, a) -> select(v, a, true, false));
    all.put("sort", (s, v, a) -> sort(v, a));
    all.put("dictsort", (s, v, a) -> dictsort(v, a));
    all.put("unique", (s, v, a) -> unique(v, a));
    all.put("sum", (s, v, a) -> sum(s, v, a));
    all.put("min", (s, v, a) -> extreme(v, a, true));
    all.put("max", (s, v, a) -> extreme(v, a, false));
  }

  private static Object end(List<Object> items, boolean first) {
    if (items.isEmpty()) {
      return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
    }
    return first ? items.getFirst() : items.getLast();
  }

  private static Object items(Object value) {
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    if (value instanceof Map<?, ?> map) {
      return CollectionMethods.pairs(map);
    }
    throw new TemplateException("Can only get item pairs from a mapping.");
  }

  private static Object reverse(Object value) {
    if (value instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> items = Sequences.items(value);
    Collections.reverse(items);
    return items;
  }

  private static Object join(RenderState state, Object value, Arguments.Values arguments) {
    String separator = arguments.text(0, "d", "");
    Object attribute = arguments.get(1, "attribute", null);
    StringBuilder out = new StringBuilder();
    String before = "";
    for (Object item : Sequences.items(value)) {
      String text = PyText.of(path(item, attribute));
      state.checkLength((long) out.length() + before.length() + text.length());
      out.append(before).append(text);
      before = separator;
    }
    return out.toString();
  }

  /** The value under a path of attributes such as {@code function.name}, or the item itself. */
  private static Object path(Object item, Object attribute) {
    return path(item, attribute, null);
  }

  /** The same, with a value that stands in for each step that is undefined. */
  private static Object path(Object item, Object attribute, Object absent) {
    if (attribute == null) {
      return item;
    }
    if (!(attribute instanceof String path)) {
      return Attributes.item(item, attribute);
    }
    Object value = item;
    for (String part : path.split("\\.", -1)) {
      boolean number = part.matches("\\d{1,9}");
      value = Attributes.item(value, number ? (Object) Long.parseLong(part) : part);
      value = value instanceof Undefined && absent != null ? absent : value;
    }
    return value;
  }

  private static Object map(RenderState state, Object value, Arguments.Values arguments) {
    List<Object> out = new ArrayList<>();
    Object attribute = arguments.named().get("attribute");
    if (attribute != null) {
      Object absent = arguments.named().get("default");
      for (Object item : Sequences.items(value)) {
        out.add(path(item, attribute, absent));
      }
      return out;
    }
    if (arguments.positional().isEmpty()) {
      throw new TemplateException("map requires a filter argument");
    }
    Filters.Filter filter = Filters.named(PyText.of(arguments.positional().getFirst()));
    List<Object> rest = arguments.positional().subList(1, arguments.positional().size());
    for (Object item : Sequences.items(value)) {
      state.tick();
      out.add(filter.apply(state, item, new Arguments.Values(rest, arguments.named())));
    }
    return out;
  }

  private static Object select(Object value, Arguments.Values arguments, boolean byAttribute, boolean wanted) {
    List<Object> given = arguments.positional();
    int used = byAttribute ? 1 : 0;
    if (given.size() < used) {
      throw new TemplateException("Missing parameter for attribute name");
    }
    Object attribute = byAttribute ? given.getFirst() : null;
    Tests.Test test = given.size() > used ? Tests.named(PyText.of(given.get(used))) : (v, a) -> Operators.truth(v);
    List<Object> rest = given.subList(Math.min(given.size(), used + 1), given.size());
    List<Object> out = new ArrayList<>();
    for (Object item : Sequences.items(value)) {
      if (test.holds(path(item, attribute), rest) == wanted) {
        out.add(item);
      }
    }
    return out;
  }

  /** The key that sorting goes by: strings without case unless asked. */
  private static Comparator<Object> order(Object attribute, boolean caseSensitive) {
    return (left, right) -> Operators.order(
        folded(path(left, attribute), caseSensitive), folded(path(right, attribute), caseSensitive), "<");
  }

  private static Object folded(Object value, boolean caseSensitive) {
    return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object sort(Object value, Arguments.Values arguments) {
    List<Object> items = Sequences.items(value);
    Comparator<Object> order =
        order(arguments.get(2, "attribute", null), Operators.truth(arguments.get(1, "case_sensitive", false)));
    items.sort(Operators.truth(arguments.get(0, "reverse", false)) ? order.reversed() : order);
    return items;
  }

  private static Object dictsort(Object value, Arguments.Values arguments) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateException("dictsort needs a dict, not '" + Operators.typeName(value) + "'");
    }
    List<Object> pairs = CollectionMethods.pairs(map);
    Object by = arguments.text(1, "by", "key").equals("key") ? 0L : 1L;
    Comparator<Object> order = order(by, Operators.truth(arguments.get(0, "case_sensitive", false)));
    pairs.sort(Operators.truth(arguments.get(2, "reverse", false)) ? order.reversed() : order);
    return pairs;
  }

  private static Object unique(Object value, Arguments.Values arguments) {
    boolean caseSensitive = Operators.truth(arguments.get(0, "case_sensitive", false));
    Object attribute = arguments.get(1, "attribute", null);
    List<Object> seen = new ArrayList<>();
    List<Object> out = new ArrayList<>();
    for (Object item : Sequences.items(value)) {
      Object key = folded(path(item, attribute), caseSensitive);
      if (seen.stream().noneMatch(each -> Operators.equal(each, key))) {
        seen.add(key);
        out.add(item);
      }
    }
    return out;
  }

  private static Object sum(RenderState state, Object value, Arguments.Values arguments) {
    Object total = arguments.get(1, "start", 0L);
    for (Object item : Sequences.items(value)) {
      total = Operators.apply(state, "+", total, path(item, arguments.get(0, "attribute", null)));
    }
    return total;
  }

  private static Object extreme(Object value, Arguments.Values arguments, boolean least) {
    List<Object> items = Sequences.items(value);
    if (items.isEmpty()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Comparator<Object> order =
        order(arguments.get(1, "attribute", null), Operators.truth(arguments.get(0, "case_sensitive", false)));
    return least ? Collections.min(items, order) : Collections.max(items, order);
  }
}
