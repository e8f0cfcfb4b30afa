package dev.ebb.engine.model;

import java.util.Arrays;
import java.util.Optional;

/** Typed look-ups in a header's metadata; each error names the key and where its entry begins. */
final class GgufMetadata {
  private final GgufHeader header;

  GgufMetadata(GgufHeader header) {
    this.header = header;
  }

  boolean has(String key) {
    return header.metadata().containsKey(key);
  }

  String string(String key) {
    return value(key, String.class);
  }

  Optional<String> optionalString(String key) {
    return has(key) ? Optional.of(string(key)) : Optional.empty();
  }

  boolean bool(String key, boolean absent) {
    return has(key) ? value(key, Boolean.class) : absent;
  }

  /** A whole number from {@code least} to {@code most}. */
  int integer(String key, int least, int most) {
    Object value = value(key, Object.class);
    long number = whole(key, value);
    if (number < least || number > most) {
      throw wrong(key, number + " is not from " + least + " to " + most);
    }
    return (int) number;
  }

  int integer(String key, int least, int most, int absent) {
    return has(key) ? integer(key, least, most) : absent;
  }

  /** A finite number. */
  double number(String key) {
    Object value = value(key, Object.class);
    double number =
        value instanceof Float || value instanceof Double
            ? ((Number) value).doubleValue()
            : whole(key, value);
    if (!Double.isFinite(number)) {
      throw wrong(key, number + " is not finite");
    }
    return number;
  }

  double number(String key, double absent) {
    return has(key) ? number(key) : absent;
  }

  String[] strings(String key) {
    return value(key, String[].class);
  }

  /** A value of any Java type that the key must have. */
  <T> T value(String key, Class<T> type) {
    Object value = header.metadata().get(key);
    if (value == null) {
      throw damaged("metadata key " + key + " is missing");
    }
    if (!type.isInstance(value)) {
      throw wrong(key, "is of type " + value.getClass().getSimpleName() + ", not " + type.getSimpleName());
    }
    return type.cast(value);
  }

  ModelFormatException wrong(String key, String what) {
    return damaged("metadata key " + key + " at offset " + header.keyOffsets().get(key) + ": " + what);
  }

  ModelFormatException damaged(String what) {
    return new ModelFormatException(header.file() + ": " + what);
  }

  /** Per-layer arrays are accepted where all layers agree, since the engine has one value for all. */
  private long whole(String key, Object value) {
    return switch (value) {
      case Long n -> n;
      case Integer n -> n;
      case int[] each when each.length > 0 && Arrays.stream(each).distinct().count() == 1 -> each[0];
      case long[] each when each.length > 0 && Arrays.stream(each).distinct().count() == 1 -> each[0];
      case int[] each -> throw wrong(key, "differs between layers, which is not supported");
      case long[] each -> throw wrong(key, "differs between layers, which is not supported");
      default -> throw wrong(key, value + " is no whole number");
    };
  }
}
