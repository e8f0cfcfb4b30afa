package dev.ebb.engine.tokenizer;

import java.util.function.IntConsumer;

/** UTF-8 without copies of the text. */
final class Utf8 {
  private static final int REPLACEMENT = 0xfffd;

  private Utf8() {}

  /** Passes the UTF-8 bytes (0 to 255) of {@code text[from, to)}; a lone surrogate counts as U+FFFD. */
  static void forEachByte(String text, int from, int to, IntConsumer out) {
    int at = from;
    while (at < to) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      encode(c >= 0xd800 && c < 0xe000 ? REPLACEMENT : c, out);
    }
  }

  private static void encode(int c, IntConsumer out) {
    if (c < 0x80) {
      out.accept(c);
    } else if (c < 0x800) {
      out.accept(0xc0 | c >> 6);
      out.accept(0x80 | c & 0x3f);
    } else if (c < 0x10000) {
      out.accept(0xe0 | c >> 12);
      out.accept(0x80 | c >> 6 & 0x3f);
      out.accept(0x80 | c & 0x3f);
    } else {
      out.accept(0xf0 | c >> 18);
      out.accept(0x80 | c >> 12 & 0x3f);
      out.accept(0x80 | c >> 6 & 0x3f);
      out.accept(0x80 | c & 0x3f);
    }
  }

  /**
   * How many of the first {@code length} bytes can be decoded now: all but a character at the end
   * whose remaining bytes may still come.
   */
  static int decodable(byte[] bytes, int length) {
    for (int back = 1; back <= 3 && back <= length; back++) {
      int b = bytes[length - back] & 0xff;
      if (b >= 0xc0) {
        int wanted = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
        return wanted > back ? length - back : length;
      }
      if (b < 0x80) {
        return length;
      }
    }
    return length;
  }
}
