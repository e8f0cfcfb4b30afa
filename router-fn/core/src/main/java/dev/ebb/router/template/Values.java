package dev.ebb.router.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes a caller's values over into the few types that templates know, as copies. */
final class Values {
  private Values() {}

  static Object of(Object value) {
    return switch (value) {
      case null -> null;
      case String text -> text;
      case Boolean bool -> bool;
      case Long number -> number;
      case Double number -> number;
      case Float number -> (double) number;
      case BigDecimal number -> number.doubleValue();
      case BigInteger number -> number.bitLength() < 64 ? (Object) number.longValue() : (Object) number.doubleValue();
      case Number number -> number.longValue();
      case CharSequence text -> text.toString();
      case Map<?, ?> map -> {
        Map<Object, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), of(item)));
        yield copy;
      }
      case Iterable<?> items -> {
        List<Object> copy = new ArrayList<>();
        items.forEach(item -> copy.add(of(item)));
        yield copy;
      }
      default -> throw new TemplateException(
          "values of " + value.getClass().getName() + " cannot be given to a template");
    };
  }
}
