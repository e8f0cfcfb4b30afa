package dev.ebb.router.template;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Jinja2's tests, what stands after {@code is}. */
final class Tests {

  /** A test with its evaluated arguments. */
  @FunctionalInterface
  interface Test {
    boolean holds(Object value, List<Object> arguments);
  }

  private static final Map<String, Test> ALL =
      Map.ofEntries(
          Map.entry("defined", (v, a) -> !(v instanceof Undefined)),
          Map.entry("undefined", (v, a) -> v instanceof Undefined),
          Map.entry("none", (v, a) -> v == null),
          Map.entry("true", (v, a) -> Boolean.TRUE.equals(v)),
          Map.entry("false", (v, a) -> Boolean.FALSE.equals(v)),
          Map.entry("boolean", (v, a) -> v instanceof Boolean),
          Map.entry("string", (v, a) -> v instanceof String),
          Map.entry("number", (v, a) -> Operators.isNumber(v)),
          Map.entry("integer", (v, a) -> v instanceof Number && !(v instanceof Double)),
          Map.entry("float", (v, a) -> v instanceof Double),
          Map.entry("mapping", (v, a) -> v instanceof Map),
          Map.entry("sequence", (v, a) -> v instanceof Collection || v instanceof Map || v instanceof String
              || v instanceof Undefined),
          Map.entry("iterable", (v, a) -> v instanceof Collection || v instanceof Map || v instanceof String
              || v instanceof Undefined),
          Map.entry("callable", (v, a) -> v instanceof Callable),
          Map.entry("odd", (v, a) -> Math.floorMod(Operators.integer(v), 2) == 1),
          Map.entry("even", (v, a) -> Math.floorMod(Operators.integer(v), 2) == 0),
          Map.entry("divisibleby", (v, a) -> Math.floorMod(Operators.integer(v), Operators.integer(one(a))) == 0),
          Map.entry("lower", (v, a) -> StringMethods.isLower(PyText.of(v))),
          Map.entry("upper", (v, a) -> StringMethods.isUpper(PyText.of(v))),
          Map.entry("eq", (v, a) -> Operators.equal(v, one(a))),
          Map.entry("equalto", (v, a) -> Operators.equal(v, one(a))),
          Map.entry("==", (v, a) -> Operators.equal(v, one(a))),
          Map.entry("ne", (v, a) -> !Operators.equal(v, one(a))),
          Map.entry("!=", (v, a) -> !Operators.equal(v, one(a))),
          Map.entry("sameas", (v, a) -> v == one(a) || (v instanceof Boolean && v.equals(one(a)))),
          Map.entry("lt", (v, a) -> Operators.order(v, one(a), "<") < 0),
          Map.entry("lessthan", (v, a) -> Operators.order(v, one(a), "<") < 0),
          Map.entry("le", (v, a) -> Operators.order(v, one(a), "<=") <= 0),
          Map.entry("gt", (v, a) -> Operators.order(v, one(a), ">") > 0),
          Map.entry("greaterthan", (v, a) -> Operators.order(v, one(a), ">") > 0),
          Map.entry("ge", (v, a) -> Operators.order(v, one(a), ">=") >= 0),
          Map.entry("in", (v, a) -> Operators.contains(one(a), v)));

  private Tests() {}

  static Test named(String name) {
    Test test = ALL.get(name);
    if (test == null) {
      throw new TemplateException("no test named '" + name + "'");
    }
    return test;
  }

  private static Object one(List<Object> arguments) {
    if (arguments.size() != 1) {
      throw new TemplateException("a test takes one argument, not " + arguments.size());
    }
    return arguments.getFirst();
  }
}
