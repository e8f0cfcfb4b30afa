package dev.ebb.huggingface;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.TensorType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The JSON header of a safetensors file, read as a stream so that errors can give offsets. */
final class SafetensorsHeader {
  private static final Map<String, TensorType> TYPES =
      Map.of("F32", TensorType.F32, "F16", TensorType.F16, "BF16", TensorType.BF16);

  private final String file;
  private final byte[] json;
  private JsonParser parser;

  /**
   * One tensor's entry.
   *
   * @param at file offset of the entry
   * @param begin first byte, from the start of the data
   * @param end byte after the last
   */
  record Line(String name, long at, TensorType type, long[] shape, long begin, long end) {}

  SafetensorsHeader(String file, byte[] json) {
    this.file = file;
    this.json = json;
  }

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    try (JsonParser open = Json.MAPPER.createParser(json)) {
      parser = open;
      expect(JsonToken.START_OBJECT, "header");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (name.equals("__metadata__")) {
          parser.nextToken();
          parser.skipChildren();
        } else {
          lines.add(line(name));
        }
      }
      if (parser.nextToken() != null) {
        throw damaged("header", "more follows the object");
      }
      return lines;
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          file + ": header at offset " + (8 + e.getLocation().getByteOffset()) + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelFormatException(file + ": header: " + e.getMessage(), e);
    }
  }

  private Line line(String name) throws IOException {
    long at = offset();
    expect(JsonToken.START_OBJECT, name);
    String dtype = null;
    long[] shape = null;
    long[] range = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      switch (field) {
        case "dtype" -> {
          expect(JsonToken.VALUE_STRING, name + " dtype");
          dtype = parser.getText();
        }
        case "shape" -> shape = numbers(name + " shape");
        case "data_offsets" -> range = numbers(name + " data_offsets");
        default -> throw damaged(name, "has an unknown field '" + field + "'");
      }
    }
    if (dtype == null || shape == null || range == null || range.length != 2 || range[0] > range[1]) {
      throw damaged(name, "needs dtype, shape and data_offsets of two ascending numbers");
    }
    if (!TYPES.containsKey(dtype)) {
      throw damaged(name + " dtype", "'" + dtype + "' is not supported (F32, F16 and BF16 are)");
    }
    return new Line(name, at, TYPES.get(dtype), shape, range[0], range[1]);
  }

  private long[] numbers(String field) throws IOException {
    expect(JsonToken.START_ARRAY, field);
    long[] numbers = new long[8];
    int count = 0;
    while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && count < numbers.length) {
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER || parser.getLongValue() < 0) {
        throw damaged(field, parser.getText() + " is absurd");
      }
      numbers[count++] = parser.getLongValue();
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw damaged(field, "is no short array of whole numbers");
    }
    return Arrays.copyOf(numbers, count);
  }

  private void expect(JsonToken token, String field) throws IOException {
    if (parser.nextToken() != token) {
      throw damaged(field, "is " + parser.currentToken() + ", not " + token);
    }
  }

  private long offset() {
    return 8 + parser.currentTokenLocation().getByteOffset();
  }

  private ModelFormatException damaged(String field, String what) {
    return new ModelFormatException(file + ": " + field + " at offset " + offset() + ": " + what);
  }
}
