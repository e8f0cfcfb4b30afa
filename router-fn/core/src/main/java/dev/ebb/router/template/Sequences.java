package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Lists, and what can be iterated as one. */
final class Sequences {
  private Sequences() {}

  /** The items of a value: a list's, a dict's keys, a string's characters, nothing of undefined. */
  static List<Object> items(Object value) {
    return switch (value) {
      case Collection<?> items -> new ArrayList<>(items);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
      case Undefined undefined -> new ArrayList<>();
      case null, default -> throw new TemplateException(
          "'" + Operators.typeName(value) + "' object is not iterable");
    };
  }

  static int length(Object value) {
    return switch (value) {
      case Collection<?> items -> items.size();
      case Map<?, ?> map -> map.size();
      case String text -> text.codePointCount(0, text.length());
      case Undefined undefined -> 0;
      case null, default -> throw new TemplateException(
          "object of type '" + Operators.typeName(value) + "' has no len()");
    };
  }

  static List<Object> join(RenderState state, List<?> left, List<?> right) {
    state.checkLength((long) left.size() + right.size());
    List<Object> out = new ArrayList<>(left.size() + right.size());
    out.addAll(left);
    out.addAll(right);
    return out;
  }

  /** A string or list times a number. */
  static Object repeat(RenderState state, Object left, Object right) {
    boolean sequenceFirst = left instanceof String || left instanceof List;
    Object sequence = sequenceFirst ? left : right;
    Object count = sequenceFirst ? right : left;
    if (!Operators.isNumber(count) || count instanceof Double) {
      throw new TemplateException("can't multiply sequence by non-int of type '" + Operators.typeName(count) + "'");
    }
    long times = Math.max(0, Operators.integer(count));
    int size = sequence instanceof String text ? text.length() : ((List<?>) sequence).size();
    if (size > 0) {
      state.checkLength(times > Integer.MAX_VALUE ? times : times * size);
    }
    if (sequence instanceof String text) {
      return size == 0 ? "" : text.repeat((int) times);
    }
    List<Object> out = new ArrayList<>();
    for (long i = 0; i < times && size > 0; i++) {
      out.addAll((List<?>) sequence);
    }
    return out;
  }
}
