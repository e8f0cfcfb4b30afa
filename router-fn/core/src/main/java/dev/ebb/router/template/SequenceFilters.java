package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters on lists, dicts and whatever else can be iterated. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void register(Map<String, Filters.Filter> all) {
    all.put("first", (s, v, a) -> end(Sequences.items(s, v), true));
    all.put("last", (s, v, a) -> end(Sequences.items(s, v), false));
    all.put("list", (s, v, a) -> Sequences.copy(s, v));
    all.put("items", (s, v, a) -> items(s, v));
    all.put("reverse", (s, v, a) -> reverse(s, v));
    all.put("join", SequenceFilters::join);
    all.put("map", SequenceFilters::map);
    all.put("select", (s, v, a) -> select(s, v, a, false, true));
    all.put("reject", (s, v, a) -> select(s, v, a, false, false));
    all.put("selectattr", (s, v, a) -> select(s, v, a, true, true));
    all.put("rejectattr", (s, v, a) -> select(s, v, a, true, false));
    all.put("sort", SequenceFilters::sort);
    all.put("dictsort", SequenceFilters::dictsort);
    all.put("unique", SequenceFilters::unique);
    all.put("sum", SequenceFilters::sum);
    all.put("min", (s, v, a) -> extreme(s, v, a, true));
    all.put("max", (s, v, a) -> extreme(s, v, a, false));
  }

  private static Object end(List<Object> items, boolean first) {
    if (items.isEmpty()) {
      return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
    }
    return first ? items.getFirst() : items.getLast();
  }

  private static Object items(RenderState state, Object value) {
    if (value instanceof Undefined) {
      return new ArrayList<>();
    }
    if (value instanceof Map<?, ?> map) {
      return CollectionMethods.pairs(state, map);
    }
    throw new TemplateException("Can only get item pairs from a mapping.");
  }

  private static Object reverse(RenderState state, Object value) {
    if (value instanceof String text) {
      return state.made(new StringBuilder(text).reverse().toString());
    }
    List<Object> items = Sequences.copy(state, value);
    Collections.reverse(items);
    return items;
  }

  private static Object join(RenderState state, Object value, Arguments.Values arguments) {
    String separator = arguments.text(state, 0, "d", "");
    Object attribute = arguments.get(1, "attribute", null);
    LimitedText out = new LimitedText(state);
    String before = "";
    for (Object item : Sequences.items(state, value)) {
      state.tick();
      out.append(before).append(PyText.of(state, path(state, item, attribute)));
      before = separator;
    }
    return state.made(out.toString());
  }

  /** The value under a path of attributes such as {@code function.name}, or the item itself. */
  private static Object path(RenderState state, Object item, Object attribute) {
    return path(state, item, attribute, null);
  }

  /** The same, with a value that stands in for each step that is undefined. */
  private static Object path(RenderState state, Object item, Object attribute, Object absent) {
    if (attribute == null) {
      return item;
    }
    if (!(attribute instanceof String path)) {
      return Attributes.item(state, item, attribute);
    }
    Object value = item;
    state.work(path.length());
    for (String part : path.split("\\.", -1)) {
      boolean number = part.matches("\\d{1,9}");
      value = Attributes.item(state, value, number ? (Object) Long.parseLong(part) : part);
      value = value instanceof Undefined && absent != null ? absent : value;
    }
    return value;
  }

  private static Object map(RenderState state, Object value, Arguments.Values arguments) {
    List<Object> items = Sequences.items(state, value);
    state.makeItems(items.size());
    List<Object> out = new ArrayList<>();
    Object attribute = arguments.named().get("attribute");
    if (attribute != null) {
      Object absent = arguments.named().get("default");
      for (Object item : items) {
        state.tick();
        out.add(path(state, item, attribute, absent));
      }
      return out;
    }
    if (arguments.positional().isEmpty()) {
      throw new TemplateException("map requires a filter argument");
    }
    Filters.Filter filter = Filters.named(PyText.of(state, arguments.positional().getFirst()));
    List<Object> rest = arguments.positional().subList(1, arguments.positional().size());
    for (Object item : items) {
      state.tick();
      out.add(filter.apply(state, item, new Arguments.Values(rest, arguments.named())));
    }
    return out;
  }

  private static Object select(
      RenderState state, Object value, Arguments.Values arguments, boolean byAttribute, boolean wanted) {
    List<Object> given = arguments.positional();
    int used = byAttribute ? 1 : 0;
    if (given.size() < used) {
      throw new TemplateException("Missing parameter for attribute name");
    }
    Object attribute = byAttribute ? given.getFirst() : null;
    Tests.Test test = given.size() > used
        ? Tests.named(PyText.of(state, given.get(used)))
        : (s, v, a) -> Operators.truth(v);
    List<Object> rest = given.subList(Math.min(given.size(), used + 1), given.size());
    List<Object> out = new ArrayList<>();
    for (Object item : Sequences.items(state, value)) {
      state.tick();
      if (test.holds(state, path(state, item, attribute), rest) == wanted) {
        out.add(item);
      }
    }
    state.makeItems(out.size());
    return out;
  }

  /** The key that sorting goes by: strings without case unless asked. */
  private static Comparator<Object> order(RenderState state, Object attribute, boolean caseSensitive) {
    return (left, right) -> Operators.order(
        state, key(state, left, attribute, caseSensitive), key(state, right, attribute, caseSensitive), "<");
  }

  private static Object key(RenderState state, Object item, Object attribute, boolean caseSensitive) {
    Object value = path(state, item, attribute);
    state.tick();
    return value instanceof String text && !caseSensitive ? PyCase.lower(state, text) : value;
  }

  private static Object sort(RenderState state, Object value, Arguments.Values arguments) {
    List<Object> items = Sequences.copy(state, value);
    Comparator<Object> order =
        order(state, arguments.get(2, "attribute", null), Operators.truth(arguments.get(1, "case_sensitive", false)));
    items.sort(Operators.truth(arguments.get(0, "reverse", false)) ? order.reversed() : order);
    return items;
  }

  private static Object dictsort(RenderState state, Object value, Arguments.Values arguments) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new TemplateException("dictsort needs a dict, not '" + Operators.typeName(value) + "'");
    }
    List<Object> pairs = CollectionMethods.pairs(state, map);
    Object by = arguments.text(state, 1, "by", "key").equals("key") ? 0L : 1L;
    Comparator<Object> order = order(state, by, Operators.truth(arguments.get(0, "case_sensitive", false)));
    pairs.sort(Operators.truth(arguments.get(2, "reverse", false)) ? order.reversed() : order);
    return pairs;
  }

  private static Object unique(RenderState state, Object value, Arguments.Values arguments) {
    boolean caseSensitive = Operators.truth(arguments.get(0, "case_sensitive", false));
    Object attribute = arguments.get(1, "attribute", null);
    Set<Object> seen = new HashSet<>();
    List<Object> seenNested = new ArrayList<>();
    List<Object> out = new ArrayList<>();
    for (Object item : Sequences.items(state, value)) {
      Object key = key(state, item, attribute, caseSensitive);
      boolean nested = key instanceof List || key instanceof Map;
      if (nested ? !Operators.contains(state, seenNested, key) : seen.add(hashed(key))) {
        out.add(item);
        seenNested.addAll(nested ? List.of(key) : List.of());
      }
    }
    state.makeItems(out.size());
    return out;
  }

  /** Equal in Java for what {@link Operators#equal} says is equal. */
  private static Object hashed(Object key) {
    return switch (key) {
      case Boolean bool -> bool ? 1L : 0L;
      case Double number when number.longValue() == number -> number.longValue();
      case Undefined undefined -> Undefined.class;
      case null, default -> key;
    };
  }

  private static Object sum(RenderState state, Object value, Arguments.Values arguments) {
    Object total = arguments.get(1, "start", 0L);
    for (Object item : Sequences.items(state, value)) {
      total = Operators.apply(state, "+", total, path(state, item, arguments.get(0, "attribute", null)));
    }
    return total;
  }

  private static Object extreme(RenderState state, Object value, Arguments.Values arguments, boolean least) {
    List<Object> items = Sequences.items(state, value);
    if (items.isEmpty()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Comparator<Object> order =
        order(state, arguments.get(1, "attribute", null), Operators.truth(arguments.get(0, "case_sensitive", false)));
    return least ? Collections.min(items, order) : Collections.max(items, order);
  }
}
