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
      return PyFormat.percent(format, right instanceof List<?> list ? list : Arrays.asList(right));
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
    return left.concat(right);
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
      if (!compare(operators.get(i), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static boolean compare(String operator, Object left, Object right) {
    return switch (operator) {
      case "==" -> equal(left, right);
      case "!=" -> !equal(left, right);
      case "in" -> contains(right, left);
      case "not in" -> !contains(right, left);
      case "<" -> order(left, right, "<") < 0;
      case "<=" -> order(left, right, "<=") <= 0;
      case ">" -> order(left, right, ">") > 0;
      default -> order(left, right, ">=") >= 0;
    };
  }

  /** Python's equality: numbers by value, true as 1, lists and dicts by their items. */
  static boolean equal(Object left, Object right) {
    if (isNumber(left) && isNumber(right)) {
      Number a = number(left);
      Number b = number(right);
      return a instanceof Double || b instanceof Double
          ? a.doubleValue() == b.doubleValue()
          : a.longValue() == b.longValue();
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      Iterator<?> other = b.iterator();
      return (a instanceof PyTuple) == (b instanceof PyTuple)
          && a.size() == b.size()
          && a.stream().allMatch(item -> equal(item, other.next()));
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size()
          && a.entrySet().stream().allMatch(e -> b.containsKey(e.getKey()) && equal(e.getValue(), b.get(e.getKey())));
    }
    return (left instanceof Undefined && right instanceof Undefined) || Objects.equals(left, right);
  }

  /** Order of two numbers, strings or lists. */
  static int order(Object left, Object right, String operator) {
    requireDefined(left);
    requireDefined(right);
    if (isNumber(left) && isNumber(right)) {
      return Numbers.compare(number(left), number(right));
    }
    if (left instanceof String a && right instanceof String b) {
      return Numbers.compareCodePoints(a, b);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        if (!equal(a.get(i), b.get(i))) {
          return order(a.get(i), b.get(i), operator);
        }
      }
      return Integer.compare(a.size(), b.size());
    }
    throw new TemplateException("'" + operator + "' not supported between instances of '" + typeName(left)
        + "' and '" + typeName(right) + "'");
  }

  static boolean contains(Object container, Object item) {
    return switch (container) {
      case String text -> {
        if (!(item instanceof String part)) {
          throw new TemplateException(
              "'in <string>' requires string as left operand, not " + typeName(item));
        }
        yield text.contains(part);
      }
      case Collection<?> items -> items.stream().anyMatch(each -> equal(each, item));
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
