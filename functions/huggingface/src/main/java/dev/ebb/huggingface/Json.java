package dev.ebb.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ebb.engine.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A value in a JSON file that knows where it is, so that an error names file and field.
 *
 * @param file name for messages
 * @param field path of the value, such as {@code rope_scaling.factor}; empty at the top
 */
record Json(String file, String field, JsonNode node) {
  private static final long FILE_BYTES_MAX = 256L << 20;

  /**
   * A vocabulary is one object of a hundred thousand names, each of which occurs once: to look them
   * up in a table of names seen before costs ten times the parsing.
   */
  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Reads a file that must hold one JSON object. */
  static Json read(Path path) {
    String name = path.getFileName().toString();
    try {
      long bytes = Files.size(path);
      if (bytes > FILE_BYTES_MAX) {
        throw new ModelFormatException(name + ": " + bytes + " bytes is absurd for this file");
      }
      JsonNode node = MAPPER.readTree(Files.readAllBytes(path));
      if (!node.isObject()) {
        throw new ModelFormatException(name + ": is no JSON object");
      }
      return new Json(name, "", node);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          name + " at offset " + e.getLocation().getByteOffset() + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelFormatException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A file that may be missing, as an empty object then. */
  static Json readIfThere(Path path) {
    return Files.isRegularFile(path)
        ? read(path)
        : new Json(path.getFileName().toString(), "", MAPPER.createObjectNode());
  }

  /** The named member; missing and null are the same. */
  Json get(String name) {
    JsonNode child = node.path(name);
    return new Json(file, field.isEmpty() ? name : field + "." + name, child);
  }

  /** The member of the first of these names that is there. */
  Json first(String... names) {
    for (String name : names) {
      if (get(name).present()) {
        return get(name);
      }
    }
    return get(names[0]);
  }

  /** An array's element. */
  Json at(int index) {
    return new Json(file, field + "[" + index + "]", node.path(index));
  }

  boolean present() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** Number of elements; 0 when missing. */
  int size() {
    if (present() && !node.isArray()) {
      throw wrong("is no array");
    }
    return node.size();
  }

  String string() {
    if (!node.isTextual()) {
      throw wrong(present() ? "is no string" : "is missing");
    }
    return node.textValue();
  }

  String string(String absent) {
    return present() ? string() : absent;
  }

  boolean bool(boolean absent) {
    if (present() && !node.isBoolean()) {
      throw wrong("is neither true nor false");
    }
    return present() ? node.booleanValue() : absent;
  }

  int integer(int least, int most) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw wrong(present() ? "is no whole number" : "is missing");
    }
    long number = node.longValue();
    if (number < least || number > most) {
      throw wrong(number + " is not from " + least + " to " + most);
    }
    return (int) number;
  }

  int integer(int least, int most, int absent) {
    return present() ? integer(least, most) : absent;
  }

  double number(double least, double absent) {
    if (!present()) {
      return absent;
    }
    if (!node.isNumber() || !Double.isFinite(node.doubleValue()) || node.doubleValue() < least) {
      throw wrong(node + " is no number of at least " + least);
    }
    return node.doubleValue();
  }

  double number(double least) {
    if (!present()) {
      throw wrong("is missing");
    }
    return number(least, least);
  }

  ModelFormatException wrong(String what) {
    return new ModelFormatException(file + ": " + (field.isEmpty() ? "" : field + ": ") + what);
  }
}
