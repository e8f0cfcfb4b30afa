package dev.ebb.testmodel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes GGUF version 3 files of F32 tensors; as much of the format as a test model needs. */
final class GgufWriter {
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Bytes metadata = new Bytes();
  private final Bytes table = new Bytes();
  private final Bytes data = new Bytes();
  private int entries;
  private int tensors;

  GgufWriter put(String key, String value) {
    entry(key, STRING).string(value);
    return this;
  }

  GgufWriter put(String key, int value) {
    entry(key, UINT32).int32(value);
    return this;
  }

  GgufWriter put(String key, float value) {
    entry(key, FLOAT32).int32(Float.floatToIntBits(value));
    return this;
  }

  GgufWriter put(String key, List<String> values) {
    Bytes out = entry(key, ARRAY).int32(STRING).int64(values.size());
    values.forEach(out::string);
    return this;
  }

  GgufWriter put(String key, int[] values) {
    Bytes out = entry(key, ARRAY).int32(INT32).int64(values.length);
    for (int value : values) {
      out.int32(value);
    }
    return this;
  }

  private Bytes entry(String key, int type) {
    entries++;
    return metadata.string(key).int32(type);
  }

  /** A tensor of {@code rows * cols} floats; one row makes a vector. */
  GgufWriter tensor(String name, int rows, int cols, float[] values) {
    tensors++;
    table.string(name).int32(rows == 1 ? 1 : 2).int64(cols);
    if (rows != 1) {
      table.int64(rows);
    }
    table.int32(0).int64(data.size());
    for (float value : values) {
      data.int32(Float.floatToIntBits(value));
    }
    data.pad();
    return this;
  }

  void write(Path file) {
    Bytes out = new Bytes();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.int32(3).int64(tensors).int64(entries);
    out.writeBytes(metadata.toByteArray());
    out.writeBytes(table.toByteArray());
    out.pad();
    out.writeBytes(data.toByteArray());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, out.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Little-endian bytes. */
  private static final class Bytes extends ByteArrayOutputStream {
    Bytes int32(int value) {
      writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
      return this;
    }

    Bytes int64(long value) {
      writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
      return this;
    }

    Bytes string(String value) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      int64(bytes.length);
      writeBytes(bytes);
      return this;
    }

    void pad() {
      while (size() % ALIGNMENT != 0) {
        write(0);
      }
    }
  }
}
