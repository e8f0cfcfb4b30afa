package dev.ebb.engine.model;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the header of a GGUF file forwards, checking every length against the bytes that are left
 * before anything is allocated. Little-endian.
 */
final class GgufCursor {
  private final String file;
  private final ByteBuffer bytes;

  /**
   * @param file name for messages
   * @param bytes the file from its start (its first 2 GiB at most), little-endian
   */
  GgufCursor(String file, ByteBuffer bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  int offset() {
    return bytes.position();
  }

  int remaining() {
    return bytes.remaining();
  }

  byte u8(String field) {
    need(field, 1);
    return bytes.get();
  }

  short i16(String field) {
    need(field, 2);
    return bytes.getShort();
  }

  int i32(String field) {
    need(field, 4);
    return bytes.getInt();
  }

  long i64(String field) {
    need(field, 8);
    return bytes.getLong();
  }

  /** An unsigned 64-bit number: a Long, or a BigInteger beyond it. */
  Object u64(String field) {
    long value = i64(field);
    return value >= 0 ? (Object) value : new BigInteger(Long.toUnsignedString(value));
  }

  boolean bool(String field) {
    byte value = u8(field);
    if (value != 0 && value != 1) {
      throw damaged(field, offset() - 1, "a boolean is 0 or 1, not " + (value & 0xff));
    }
    return value == 1;
  }

  /**
   * A count of things that take at least {@code bytesEach} bytes, which therefore cannot be more
   * than the rest of the file holds.
   */
  int count(String field, int bytesEach) {
    int at = offset();
    long count = i64(field);
    long most = remaining() / bytesEach;
    if (count < 0 || count > most) {
      throw damaged(
          field, at, Long.toUnsignedString(count) + " is more than the rest of the file can hold (" + most + ")");
    }
    return (int) count;
  }

  /** A string: its length in 8 bytes, then UTF-8. */
  String string(String field) {
    int length = count(field + " length", 1);
    int at = offset();
    bytes.position(at + length);
    if (bytes.hasArray()) {
      return new String(bytes.array(), bytes.arrayOffset() + at, length, StandardCharsets.UTF_8);
    }
    byte[] text = new byte[length];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Moves over {@code length} bytes and returns where they began. */
  int skip(String field, long length) {
    int at = offset();
    need(field, length);
    bytes.position((int) (at + length));
    return at;
  }

  ByteBuffer slice(int at, int length) {
    return bytes.slice(at, length).order(bytes.order());
  }

  ModelFormatException damaged(String field, long at, String what) {
    return new ModelFormatException(file + ": " + field + " at offset " + at + ": " + what);
  }

  private void need(String field, long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw damaged(
          field, offset(), "the file ends here: " + count + " bytes needed, " + bytes.remaining() + " left");
    }
  }
}
