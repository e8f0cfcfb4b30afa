package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Expressions that stand for themselves, and names. */
final class Literals {
  private Literals() {}

  static Expression constant(Object value) {
    return s -> value;
  }

  /** A constant of the language, or a variable or global function. */
  static Expression named(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(null);
      default -> s -> {
        Object value = s.scope().get(name);
        return value instanceof Undefined && Globals.FUNCTIONS.containsKey(name) ? Globals.FUNCTIONS.get(name) : value;
      };
    };
  }

  static Expression list(List<Expression> items) {
    return s -> values(items, s);
  }

  static Expression tuple(List<Expression> items) {
    return s -> new PyTuple(values(items, s));
  }

  private static List<Object> values(List<Expression> items, RenderState state) {
    state.makeItems(items.size());
    List<Object> values = new ArrayList<>(items.size());
    for (Expression item : items) {
      values.add(item.eval(state));
    }
    return values;
  }

  static Expression dict(Map<Expression, Expression> items) {
    return s -> {
      s.makeItems(items.size());
      Map<Object, Object> values = new LinkedHashMap<>();
      items.forEach((key, value) -> values.put(Operators.key(key.eval(s)), value.eval(s)));
      return values;
    };
  }
}
