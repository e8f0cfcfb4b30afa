package dev.ebb.router.template;

import java.util.HashMap;
import java.util.Map;

/** Variables of a loop pass, a macro call or the whole template. */
final class Scope {
  private final Scope parent;
  private final Map<String, Object> variables = new HashMap<>();

  Scope(Scope parent) {
    this.parent = parent;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  /** The variable's value from here outwards, or an {@link Undefined}. */
  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.variables.get(name);
      if (value != null || scope.variables.containsKey(name)) {
        return value;
      }
    }
    return new Undefined("'" + name + "' is undefined");
  }

  /** The outermost scope, which is the one that macros see. */
  Scope top() {
    Scope scope = this;
    while (scope.parent != null) {
      scope = scope.parent;
    }
    return scope;
  }
}
