package dev.ebb.router.template;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions that every chat template can call. */
final class Globals {
  /** As in Jinja2's sandbox. */
  private static final int RANGE_MAX = 100_000;

  static final Map<String, Callable> FUNCTIONS =
      Map.of(
          "raise_exception", (state, arguments, named) -> {
            throw new TemplateException(PyText.of(state, one(arguments, "raise_exception")), true);
          },
          "strftime_now", (state, arguments, named) -> Strftime.format(state,
              ZonedDateTime.now(state.clock()), PyText.of(state, one(arguments, "strftime_now"))),
          "namespace", (state, arguments, named) -> {
            Namespace namespace = new Namespace();
            namespace.attributes().putAll(dict(state, arguments, named));
            return namespace;
          },
          "dict", (state, arguments, named) -> dict(state, arguments, named),
          "range", (state, arguments, named) -> range(state, arguments));

  private Globals() {}

  private static Object one(List<Object> arguments, String function) {
    if (arguments.size() != 1) {
      throw new TemplateException(function + " takes one argument, not " + arguments.size());
    }
    return arguments.get(0);
  }

  private static Map<String, Object> dict(
      RenderState state, List<Object> arguments, Map<String, Object> named) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Object argument : arguments) {
      if (!(argument instanceof Map<?, ?> map)) {
        throw new TemplateException("'" + Operators.typeName(argument) + "' object is no dict");
      }
      state.makeItems((long) out.size() + map.size());
      map.forEach((key, value) -> out.put(PyText.of(state, key), value));
    }
    state.makeItems((long) out.size() + named.size());
    out.putAll(named);
    return out;
  }

  private static List<Object> range(RenderState state, List<Object> arguments) {
    if (arguments.isEmpty() || arguments.size() > 3) {
      throw new TemplateException("range takes one to three arguments, not " + arguments.size());
    }
    long start = arguments.size() == 1 ? 0 : Operators.integer(arguments.get(0));
    long stop = Operators.integer(arguments.get(arguments.size() == 1 ? 0 : 1));
    long step = arguments.size() == 3 ? Operators.integer(arguments.get(2)) : 1;
    if (step == 0) {
      throw new TemplateException("range() arg 3 must not be zero");
    }
    List<Object> out = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (out.size() == RANGE_MAX) {
        throw new TemplateException("a range is larger than " + RANGE_MAX + " items");
      }
      state.checkItems(out.size() + 1L);
      out.add(i);
    }
    state.makeItems(out.size());
    return out;
  }
}
