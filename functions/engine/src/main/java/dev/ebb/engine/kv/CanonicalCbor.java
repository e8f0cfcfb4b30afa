package dev.ebb.engine.kv;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes the few CBOR types that a block key needs, in the canonical form of RFC 8949 section 4.2.1:
 * definite lengths, shortest heads.
 */
final class CanonicalCbor {
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int NULL = 0xf6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  CanonicalCbor array(int items) {
    head(ARRAY, items);
    return this;
  }

  CanonicalCbor integer(int value) {
    if (value >= 0) {
      head(0, value);
    } else {
      head(NEGATIVE, -1 - value);
    }
    return this;
  }

  CanonicalCbor bytes(byte[] value) {
    head(BYTES, value.length);
    out.writeBytes(value);
    return this;
  }

  CanonicalCbor text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    head(TEXT, utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  CanonicalCbor nothing() {
    out.write(NULL);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void head(int major, int argument) {
    int type = major << 5;
    if (argument < 24) {
      out.write(type | argument);
    } else if (argument < 1 << 8) {
      out.write(type | 24);
      out.write(argument);
    } else if (argument < 1 << 16) {
      out.write(type | 25);
      bigEndian(argument, 2);
    } else {
      out.write(type | 26);
      bigEndian(argument, 4);
    }
  }

  private void bigEndian(int value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write(value >>> shift);
    }
  }
}
