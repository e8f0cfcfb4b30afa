package dev.ebb.router.template;

import dev.ebb.router.template.ExpressionLexer.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arguments of a call or a filter, as written. */
record Arguments(List<Expression> positional, Map<String, Expression> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  /**
   * Evaluated arguments.
   *
   * @param positional in order
   * @param named by name
   */
  record Values(List<Object> positional, Map<String, Object> named) {

    /** The argument at a place or of a name, or the default. */
    Object get(int place, String name, Object absent) {
      if (place < positional.size()) {
        return positional.get(place);
      }
      return named.containsKey(name) ? named.get(name) : absent;
    }

    String text(RenderState state, int place, String name, String absent) {
      Object value = get(place, name, absent);
      return value == null ? null : PyText.of(state, value);
    }

    /** Refuses arguments beyond those that are known. */
    Values atMost(int places, String... names) {
      if (positional.size() > places) {
        throw new TemplateException("takes at most " + places + " arguments, not " + positional.size());
      }
      for (String name : named.keySet()) {
        if (!List.of(names).contains(name)) {
          throw new TemplateException("takes no argument '" + name + "'");
        }
      }
      return this;
    }
  }

  /** Parses what follows an opening bracket, up to the closing one. */
  static Arguments parse(ExpressionParser parser) {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!parser.accept(")")) {
      String name = parser.peek().kind() == Kind.NAME ? parser.nameBeforeEquals() : null;
      if (name != null) {
        named.put(name, parser.expression());
      } else if (named.isEmpty()) {
        positional.add(parser.expression());
      } else {
        throw new TemplateException("a positional argument follows a named one");
      }
      if (!parser.peek().is(")")) {
        parser.expect(",");
      }
    }
    return new Arguments(positional, named);
  }

  Values eval(RenderState state) {
    List<Object> places = new ArrayList<>(positional.size());
    for (Expression argument : positional) {
      places.add(argument.eval(state));
    }
    Map<String, Object> names = new LinkedHashMap<>();
    named.forEach((name, argument) -> names.put(name, argument.eval(state)));
    return new Values(places, names);
  }

  Object call(Object target, RenderState state) {
    state.tick();
    if (target instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (!(target instanceof Callable callable)) {
      throw new TemplateException("'" + Operators.typeName(target) + "' object is not callable");
    }
    Values values = eval(state);
    return callable.call(state, values.positional(), values.named());
  }
}
