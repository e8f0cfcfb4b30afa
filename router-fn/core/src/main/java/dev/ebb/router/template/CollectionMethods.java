package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Methods of dicts and lists; those that would change their object are refused, as in a sandbox. */
final class CollectionMethods {
  private static final Set<String> CHANGES_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");
  private static final Set<String> CHANGES_LIST =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

  private CollectionMethods() {}

  static Callable find(Map<?, ?> map, String name) {
    return switch (name) {
      case "items" -> (state, arguments, named) -> pairs(state, map);
      case "keys" -> (state, arguments, named) -> copy(state, map.keySet());
      case "values" -> (state, arguments, named) -> copy(state, map.values());
      case "copy" -> (state, arguments, named) -> {
        state.makeItems(map.size());
        return new LinkedHashMap<>(map);
      };
      case "get" -> (state, arguments, named) -> get(map, arguments);
      default -> CHANGES_DICT.contains(name) ? refusal("dict", name) : null;
    };
  }

  static Callable find(List<?> list, String name) {
    return switch (name) {
      case "copy" -> (state, arguments, named) -> copy(state, list);
      case "count" -> (state, arguments, named) -> count(state, list, only(arguments));
      case "index" -> (state, arguments, named) -> index(state, list, only(arguments));
      default -> CHANGES_LIST.contains(name) ? refusal("list", name) : null;
    };
  }

  /** Key and value of every item, as lists of two. */
  static List<Object> pairs(RenderState state, Map<?, ?> map) {
    state.makeItems(map.size());
    List<Object> out = new ArrayList<>(map.size());
    map.forEach((key, value) -> {
      state.makeItems(2);
      List<Object> pair = new ArrayList<>(2);
      pair.add(key);
      pair.add(value);
      out.add(new PyTuple(pair));
    });
    return out;
  }

  private static Object get(Map<?, ?> map, List<Object> arguments) {
    if (arguments.isEmpty() || arguments.size() > 2) {
      throw new TemplateException("get takes one or two arguments, not " + arguments.size());
    }
    Object key = Operators.key(arguments.get(0));
    return map.containsKey(key) ? map.get(key) : arguments.size() == 2 ? arguments.get(1) : null;
  }

  private static List<Object> copy(RenderState state, Collection<?> items) {
    state.makeItems(items.size());
    return new ArrayList<>(items);
  }

  private static long count(RenderState state, List<?> list, Object wanted) {
    long count = 0;
    for (Object item : list) {
      count += Operators.equal(state, item, wanted) ? 1 : 0;
    }
    return count;
  }

  private static long index(RenderState state, List<?> list, Object wanted) {
    for (int i = 0; i < list.size(); i++) {
      if (Operators.equal(state, list.get(i), wanted)) {
        return i;
      }
    }
    throw new TemplateException(PyText.repr(state, wanted) + " is not in list");
  }

  private static Object only(List<Object> arguments) {
    if (arguments.size() != 1) {
      throw new TemplateException("takes one argument, not " + arguments.size());
    }
    return arguments.get(0);
  }

  private static Callable refusal(String type, String name) {
    return (state, arguments, named) -> {
      throw new TemplateException(type + "." + name + " is not allowed: templates change no values");
    };
  }
}
