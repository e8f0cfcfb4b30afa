package dev.ebb.router.template;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Python's operators on a template's values. */
final class Operators {
  private Operators() {}

  /** Python's notion of truth: nothing, zero and empty are false. */
  static boolean truth(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      case Double number -> number != 0;
      case Number number -> number.longValue() != 0;
      case String text -> !text.isEmpty();
      case Collection<?> items -> !items.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Undefined undefined -> false;
      default -> true;
    };
  }

  static Object apply(RenderState state, String operator, Object left, Object right) {
    state.tick();
    requireDefined(left);
    requireDefined(right);
    if (operator.equals("+") && left instanceof String text) {
      if (!(right instanceof String more)) {
        throw new TemplateException("can only concatenate str (not \"" + typeName(right) + "\") to str");
      }
      return concatenate(state, text, more);
    }
    if (operator.equals("%") && left instanceof String format) {
      return state.made(
          PyFormat.percent(state, format, right instanceof List<?> list ? list : Arrays.asList(right)));
    }
    if (left instanceof List<?> first && right instanceof List<?> second && operator.equals("+")) {
      return Sequences.join(state, first, second);
    }
    if (operator.equals("*") && (left instanceof String || left instanceof List || right instanceof String
        || right instanceof List)) {
      return Sequences.repeat(state, left, right);
    }
    if (!isNumber(left) || !isNumber(right)) {
      throw new TemplateException("unsupported operand type(s) for " + operator + ": '" + typeName(left)
          + "' and '" + typeName(right) + "'");
    }
    return Numbers.apply(operator, number(left), number(right));
  }

  static String concatenate(RenderState state, String left, String right) {
    state.checkLength((long) left.length() + right.length());
    return state.made(left.concat(right));
  }

  static Object negate(Object value) {
    requireDefined(value);
    if (!isNumber(value)) {
      throw new TemplateException("bad operand type for unary -: '" + typeName(value) + "'");
    }
    Number number = number(value);
    return number instanceof Double real ? (Object) (-real) : (Object) Math.negateExact(number.longValue());
  }

  static boolean compareChain(RenderState state, List<Expression> operands, List<String> operators) {
    Object left = operands.get(0).eval(state);
    for (int i = 0; i < operators.size(); i++) {
      Object right = operands.get(i + 1).eval(state);
      if (!compare(state, operators.get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static boolean compare(RenderState state, String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> equal(state, left, right);
      case "!=" -> !equal(state, left, right);
      case "in" -> contains(state, right, left);
      case "not in" -> !contains(state, right, left);
      case "<" -> order(state, left, right, "<") < 0;
      case "<=" -> order(state, left, right, "<=") <= 0;
      case ">" -> order(state, left, right, ">") > 0;
      default -> order(state, left, right, ">=") >= 0;
    };
  }

  /** Python's equality: numbers by value, true as 1, lists and dicts by their items. */
  static boolean equal(RenderState state, Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      Number a = number(left);
      Number b = number(right);
      return a instanceof Double || b instanceof Double
          ? a.doubleValue() == b.doubleValue()
          : a.longValue() == b.longValue();
    }
    state.enterValue();
    boolean equal = equalInside(state, left, right);
    state.leaveValue();
    return equal;
  }

  private static boolean equalInside(RenderState state, Object left, Object right) {
    if (left instanceof List<?> a && right instanceof List<?> b) {
      boolean equal = (a instanceof PyTuple) == (b instanceof PyTuple) && a.size() == b.size();
      for (int i = 0; equal && i < a.size(); i++) {
        equal = equal(state, a.get(i), b.get(i));
      }
      return equal;
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      boolean equal = a.size() == b.size();
      for (Iterator<?> keys = a.keySet().iterator(); equal && keys.hasNext(); ) {
        Object key = keys.next();
        equal = b.containsKey(key) && equal(state, a.get(key), b.get(key));
      }
      return equal;
    }
    state.work(left instanceof String text ? text.length() : 1);
    return (left instanceof Undefined && right instanceof Undefined) || Objects.equals(left, right);
  }

  /** Order of two numbers, strings or lists. */
  static int order(RenderState state, Object left, Object right, String operator) {
    requireDefined(left);
    requireDefined(right);
    if (isNumber(left) && isNumber(right)) {
      return Numbers.compare(number(left), number(right));
    }
    if (left instanceof String a && right instanceof String b) {
      state.work(Math.min(a.length(), b.length()));
      return Numbers.compareCodePoints(a, b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return orderItems(state, a, b, operator);
    }
    throw new TemplateException("'" + operator + "' not supported between instances of '" + typeName(left)
        + "' and '" + typeName(right) + "'");
  }

  private static int orderItems(RenderState state, List<?> left, List<?> right, String operator) {
    state.enterValue();
    int order = Integer.compare(left.size(), right.size());
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(state, left.get(i), right.get(i))) {
        order = order(state, left.get(i), right.get(i), operator);
        break;
      }
    }
    state.leaveValue();
    return order;
  }

  static boolean contains(RenderState state, Object container, Object item) {
    return switch (container) {
      case String text -> {
        if (!(item instanceof String part)) {
          throw new TemplateException(
              "'in <string>' requires string as left operand, not " + typeName(item));
        }
        yield TextSearch.indexOf(state, text, part, 0) >= 0;
      }
      case Collection<?> items -> items.stream().anyMatch(each -> equal(state, each, item));
      case Map<?, ?> map -> map.containsKey(key(item));
      case Undefined undefined -> false;
      case null, default -> throw new TemplateException(
          "argument of type '" + typeName(container) + "' is not iterable");
    };
  }

  /** A dict's key: Python takes only what cannot change. */
  static Object key(Object value) {
    if (value instanceof List || value instanceof Map) {
      throw new TemplateException("unhashable type: '" + typeName(value) + "'");
    }
    return value;
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  private static Number number(Object value) {
    return value instanceof Boolean bool ? (Number) (bool ? 1L : 0L) : (Number) value;
  }

  /** A whole number. */
  static long integer(Object value) {
    if (isNumber(value) && !(value instanceof Double)) {
      return number(value).longValue();
    }
    requireDefined(value);
    throw new TemplateException("'" + typeName(value) + "' object cannot be interpreted as an integer");
  }

  static void requireDefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
  }

  /** Python's name of a value's type. */
  static String typeName(Object value) {
    return switch (value) {
      case null -> "NoneType";
      case String text -> "str";
      case Boolean bool -> "bool";
      case Double number -> "float";
      case Number number -> "int";
      case PyTuple tuple -> "tuple";
      case List<?> list -> "list";
      case Map<?, ?> map -> "dict";
      case Undefined undefined -> "Undefined";
      case Namespace namespace -> "Namespace";
      default -> "function";
    };
  }
}
