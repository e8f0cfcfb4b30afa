package dev.ebb.router.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Lists, and what can be iterated as one. */
final class Sequences {
  private Sequences() {}

  /**
   * The items of a value, not to be changed: a list's, a dict's keys, a string's characters, nothing
   * of undefined.
   */
  static List<Object> items(RenderState state, Object value) {
    return value instanceof List<?> list ? Collections.unmodifiableList(list) : copy(state, value);
  }

  /** The same in a list of its own. */
  static List<Object> copy(RenderState state, Object value) {
    state.makeItems(length(state, value, "is not iterable"));
    return switch (value) {
      case List<?> items -> new ArrayList<>(items);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> new ArrayList<>(text.codePoints().mapToObj(Character::toString).toList());
      case null, default -> new ArrayList<>();
    };
  }

  static int length(RenderState state, Object value) {
    return length(state, value, "has no len()");
  }

  private static int length(RenderState state, Object value, String problem) {
    return switch (value) {
      case List<?> items -> items.size();
      case Map<?, ?> map -> map.size();
      case String text -> {
        state.work(text.length());
        yield text.codePointCount(0, text.length());
      }
      case Undefined undefined -> 0;
      case null, default -> throw new TemplateException(
          "object of type '" + Operators.typeName(value) + "' " + problem);
    };
  }

  static List<Object> join(RenderState state, List<?> left, List<?> right) {
    state.makeItems((long) left.size() + right.size());
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
    if (sequence instanceof String text) {
      state.checkLength(total(times, text.length()));
      return text.isEmpty() ? "" : state.made(text.repeat((int) times));
    }
    List<?> list = (List<?>) sequence;
    state.makeItems(total(times, list.size()));
    List<Object> out = new ArrayList<>();
    for (long i = 0; i < times && !list.isEmpty(); i++) {
      out.addAll(list);
    }
    return out;
  }

  private static long total(long times, int size) {
    return size == 0 ? 0 : times > Integer.MAX_VALUE ? times : times * size;
  }
}
