package dev.ebb.router.template;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Jinja2's tests, what stands after {@code is}. */
final class Tests {

  /** A test with its evaluated arguments. */
  @FunctionalInterface
  interface Test {
    boolean holds(RenderState state, Object value, List<Object> arguments);
  }

  private static final Map<String, Test> ALL =
      Map.ofEntries(
          Map.entry("defined", (s, v, a) -> !(v instanceof Undefined)),
          Map.entry("undefined", (s, v, a) -> v instanceof Undefined),
          Map.entry("none", (s, v, a) -> v == null),
          Map.entry("true", (s, v, a) -> Boolean.TRUE.equals(v)),
          Map.entry("false", (s, v, a) -> Boolean.FALSE.equals(v)),
          Map.entry("boolean", (s, v, a) -> v instanceof Boolean),
          Map.entry("string", (s, v, a) -> v instanceof String),
          Map.entry("number", (s, v, a) -> Operators.isNumber(v)),
          Map.entry("integer", (s, v, a) -> v instanceof Number && !(v instanceof Double)),
          Map.entry("float", (s, v, a) -> v instanceof Double),
          Map.entry("mapping", (s, v, a) -> v instanceof Map),
          Map.entry("sequence", (s, v, a) -> v instanceof Collection || v instanceof Map || v instanceof String
              || v instanceof Undefined),
          Map.entry("iterable", (s, v, a) -> v instanceof Collection || v instanceof Map || v instanceof String
              || v instanceof Undefined),
          Map.entry("callable", (s, v, a) -> v instanceof Callable),
          Map.entry("odd", (s, v, a) -> Math.floorMod(Operators.integer(v), 2) == 1),
          Map.entry("even", (s, v, a) -> Math.floorMod(Operators.integer(v), 2) == 0),
          Map.entry("divisibleby", (s, v, a) -> Math.floorMod(Operators.integer(v), Operators.integer(one(a))) == 0),
          Map.entry("lower", (s, v, a) -> PyCase.isLower(s, PyText.of(s, v))),
          Map.entry("upper", (s, v, a) -> PyCase.isUpper(s, PyText.of(s, v))),
          Map.entry("eq", (s, v, a) -> Operators.equal(s, v, one(a))),
          Map.entry("equalto", (s, v, a) -> Operators.equal(s, v, one(a))),
          Map.entry("==", (s, v, a) -> Operators.equal(s, v, one(a))),
          Map.entry("ne", (s, v, a) -> !Operators.equal(s, v, one(a))),
          Map.entry("!=", (s, v, a) -> !Operators.equal(s, v, one(a))),
          Map.entry("sameas", (s, v, a) -> v == one(a) || (v instanceof Boolean && v.equals(one(a)))),
          Map.entry("lt", (s, v, a) -> Operators.order(s, v, one(a), "<") < 0),
          Map.entry("lessthan", (s, v, a) -> Operators.order(s, v, one(a), "<") < 0),
          Map.entry("le", (s, v, a) -> Operators.order(s, v, one(a), "<=") <= 0),
          Map.entry("gt", (s, v, a) -> Operators.order(s, v, one(a), ">") > 0),
          Map.entry("greaterthan", (s, v, a) -> Operators.order(s, v, one(a), ">") > 0),
          Map.entry("ge", (s, v, a) -> Operators.order(s, v, one(a), ">=") >= 0),
          Map.entry("in", (s, v, a) -> Operators.contains(s, one(a), v)));

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
