package dev.ebb.engine.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small GGUF files for tests, and wrong ones when asked. */
public final class GgufWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final List<Entry> tensors = new ArrayList<>();
  private int version = 3;
  private int alignment = 32;

  /** One tensor; {@code offset} -1 for the next free place. */
  private record Entry(String name, long[] shape, int type, byte[] data, long offset) {}

  /** Adds or replaces a metadata entry; null removes it. */
  public GgufWriter put(String key, Object value) {
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value);
    }
    return this;
  }

  public GgufWriter version(int number) {
    version = number;
    return this;
  }

  public GgufWriter alignment(int bytes) {
    alignment = bytes;
    return put("general.alignment", Integer.toUnsignedLong(bytes));
  }

  /** Adds a tensor; the contiguous dimension comes first. */
  public GgufWriter tensor(String name, TensorType type, byte[] data, long... shape) {
    return tensor(name, type.code(), data, -1, shape);
  }

  public GgufWriter tensor(String name, int type, byte[] data, long offset, long... shape) {
    tensors.add(new Entry(name, shape, type, data, offset));
    return this;
  }

  public GgufWriter without(String name) {
    tensors.removeIf(tensor -> tensor.name.equals(name));
    return this;
  }

  /** The file's bytes. */
  public byte[] bytes() {
    out.reset();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    i32(version);
    i64(tensors.size());
    i64(metadata.size());
    metadata.forEach((key, value) -> {
      string(key);
      typed(value);
    });
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Entry tensor : tensors) {
      string(tensor.name);
      i32(tensor.shape.length);
      for (long size : tensor.shape) {
        i64(size);
      }
      i32(tensor.type);
      i64(tensor.offset >= 0 ? tensor.offset : data.size());
      data.writeBytes(tensor.data);
      pad(data);
    }
    pad(out);
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  private void pad(ByteArrayOutputStream to) {
    while (to.size() % alignment != 0) {
      to.write(0);
    }
  }

  private void typed(Object value) {
    i32(type(value));
    untyped(value);
  }

  private static int type(Object value) {
    return switch (value) {
      case Byte b -> 0;
      case Short s -> 3;
      case Long n -> 4; // the common number type of GGUF is u32, read as Long
      case Integer n -> 5;
      case Float f -> 6;
      case Boolean b -> 7;
      case String s -> 8;
      case Double d -> 12;
      case Raw raw -> raw.type;
      default -> 9;
    };
  }

  /** A value of any type number with bytes of its own. */
  public record Raw(int type, byte[] bytes) {}

  private void untyped(Object value) {
    switch (value) {
      case Byte b -> out.write(b);
      case Short s -> out.writeBytes(little(2).putShort(s).array());
      case Long n -> i32(n.intValue());
      case Integer n -> i32(n);
      case Float f -> i32(Float.floatToRawIntBits(f));
      case Boolean b -> out.write(b ? 1 : 0);
      case String s -> string(s);
      case Double d -> i64(Double.doubleToRawLongBits(d));
      case Raw raw -> out.writeBytes(raw.bytes);
      case List<?> list -> array(list);
      default -> throw new IllegalArgumentException(value.getClass().getName());
    }
  }

  private void array(List<?> list) {
    i32(list.isEmpty() ? 0 : type(list.get(0)));
    i64(list.size());
    list.forEach(this::untyped);
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    i64(bytes.length);
    out.writeBytes(bytes);
  }

  private void i32(int value) {
    out.writeBytes(little(4).putInt(value).array());
  }

  private void i64(long value) {
    out.writeBytes(little(8).putLong(value).array());
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
