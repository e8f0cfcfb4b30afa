package dev.ebb.router.template;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Functions that every chat template can call. */
final class Globals {
  static final Map<String, Callable> FUNCTIONS =
      Map.of(
          "raise_exception", (state, arguments, named) -> {
            throw new TemplateException(PyText.of(one(arguments, "raise_exception")), true);
          },
          "strftime_now", (state, arguments, named) -> Strftime.format(
              ZonedDateTime.now(state.clock()), PyText.of(one(arguments, "strftime_now"))),
          "namespace", (state, arguments, named) -> {
            Namespace namespace = new Namespace();
            namespace.attributes().putAll(dict(arguments, named));
            return namespace;
          },
          "dict", (state, arguments, named) -> new LinkedHashMap<>(dict(arguments, named)),
          "range", (state, arguments, named) -> range(state, arguments));

  private Globals() {}

  private static Object one(List<Object> arguments, String function) {
    if (arguments.size() != 1) {
      throw new TemplateException(function + " takes one argument, not " + arguments.size());
    }
    return arguments.get(0);
  }

  private static Map<String, Object> dict(List<Object> arguments, Map<String, Object> named) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (Object argument : arguments) {
      if (!(argument instanceof Map<?, ?> map)) {
        throw new TemplateException("'" + Operators.typeName(argument) + "' object is no dict");
      }
      map.forEach((key, value) -> out.put(PyText.of(key), value));
    }
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
      state.checkLength(out.size() + 1L);
      state.tick();
      out.add(i);
    }
    return out;
  }
}
