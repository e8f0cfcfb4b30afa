package dev.ebb.engine.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * GPT-2's way to write bytes as visible characters (Radford et al., 2019): printable Latin-1 bytes
 * stand for themselves, the others for U+0100 and following, in order.
 */
final class ByteAlphabet {
  private static final char[] CHARACTER = new char[256];
  private static final short[] BYTE = new short[256 + 68];

  static {
    java.util.Arrays.fill(BYTE, (short) -1);
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      CHARACTER[b] = (char) (printable ? b : next++);
      BYTE[CHARACTER[b]] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** The character that stands for a byte. */
  static char character(int unsignedByte) {
    return CHARACTER[unsignedByte];
  }

  /** The bytes that a token's string stands for; characters outside the alphabet stand for themselves. */
  static byte[] bytes(String token) {
    byte[] out = new byte[token.length()];
    for (int i = 0; i < out.length; i++) {
      char c = token.charAt(i);
      if (c >= BYTE.length || BYTE[c] < 0) {
        return mixed(token);
      }
      out[i] = (byte) BYTE[c];
    }
    return out;
  }

  private static byte[] mixed(String token) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    token.codePoints().forEach(c -> {
      if (c < BYTE.length && BYTE[c] >= 0) {
        out.write(BYTE[c]);
      } else {
        out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    });
    return out.toByteArray();
  }
}
