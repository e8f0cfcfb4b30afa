package dev.ebb.router.template;

import java.util.List;
import java.util.Map;

/**
 * Attributes and items. Only what is listed here can be reached: no Java object, method or field is
 * ever visible to a template.
 */
final class Attributes {
  private Attributes() {}

  /** {@code value.name}: a method or attribute, else the item of that name. */
  static Object attribute(Object value, String name) {
    Operators.requireDefined(value);
    Object found = switch (value) {
      case String text -> StringMethods.find(text, name);
      case Map<?, ?> map -> {
        Callable method = CollectionMethods.find(map, name);
        yield method != null ? method : itemOf(map, name);
      }
      case List<?> list -> CollectionMethods.find(list, name);
      case Namespace namespace -> namespace.attributes().containsKey(name)
          ? wrapNull(namespace.attributes().get(name)) : null;
      case LoopState loop -> loop.attribute(name);
      case null, default -> null;
    };
    return found == null ? missing(value, "attribute '" + name + "'") : unwrapNull(found);
  }

  /** {@code value[key]}: an item, else, for a string key, the attribute of that name. */
  static Object item(RenderState state, Object value, Object key) {
    Operators.requireDefined(value);
    if (value instanceof Map<?, ?> map && !(key instanceof List) && !(key instanceof Map)) {
      Object found = itemOf(map, key);
      if (found != null) {
        return unwrapNull(found);
      }
      return key instanceof String name ? attribute(value, name) : missing(value, "element " + PyText.repr(state, key));
    }
    if (key instanceof String name) {
      return attribute(value, name);
    }
    if ((value instanceof List || value instanceof String) && Operators.isNumber(key) && !(key instanceof Double)) {
      int length = Sequences.length(state, value);
      long index = Operators.integer(key);
      long at = index < 0 ? index + length : index;
      if (at < 0 || at >= length) {
        return missing(value, "element " + index);
      }
      return value instanceof List<?> list ? list.get((int) at) : character((String) value, (int) at);
    }
    return missing(value, "element " + PyText.repr(state, key));
  }

  private static String character(String text, int index) {
    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, index)));
  }

  /** A marker for "there, and None", since null here means "not there". */
  private static final Object NONE = new Object();

  private static Object itemOf(Map<?, ?> map, Object key) {
    Object value = map.get(key);
    return value != null ? value : map.containsKey(key) ? NONE : null;
  }

  private static Object wrapNull(Object value) {
    return value == null ? NONE : value;
  }

  private static Object unwrapNull(Object value) {
    return value == NONE ? null : value;
  }

  private static Undefined missing(Object value, String what) {
    String owner = value == null ? "'None'" : "'" + Operators.typeName(value) + " object'";
    return new Undefined(what.startsWith("element")
        ? Operators.typeName(value) + " object has no " + what
        : owner + " has no " + what);
  }
}
