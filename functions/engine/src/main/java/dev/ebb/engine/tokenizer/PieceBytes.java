package dev.ebb.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How SentencePiece vocabularies write spaces ({@code U+2581}) and single bytes ({@code <0x0A>}). */
final class PieceBytes {
  private static final char SPACE = '\u2581';

  private PieceBytes() {}

  /** The text as pieces write it. */
  static String escaped(String text, int from, int to, boolean prefix) {
    String escaped = text.substring(from, to).replace(' ', SPACE);
    return prefix ? SPACE + escaped : escaped;
  }

  /** The bytes that a piece stands for. */
  static byte[] of(String piece, byte type) {
    return switch (type) {
      case TokenizerSpec.BYTE -> new byte[] {(byte) value(piece)};
      case TokenizerSpec.USER_DEFINED -> piece.getBytes(StandardCharsets.UTF_8);
      default -> piece.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    };
  }

  /** Ids of the 256 byte tokens; the unknown token where one is missing. */
  static int[] tokens(TokenizerSpec spec) {
    int[] tokens = new int[256];
    Arrays.fill(tokens, spec.unknown());
    for (int id = 0; id < spec.types().length; id++) {
      if (spec.types()[id] == TokenizerSpec.BYTE) {
        tokens[value(spec.tokens().get(id))] = id;
      }
    }
    return tokens;
  }

  /** The byte that a byte token stands for, or -1 when it is not written as one. */
  static int value(String piece) {
    if (piece.length() == 6 && piece.startsWith("<0x") && piece.endsWith(">")) {
      int high = Character.digit(piece.charAt(3), 16);
      int low = Character.digit(piece.charAt(4), 16);
      if (high >= 0 && low >= 0) {
        return high << 4 | low;
      }
    }
    return -1;
  }
}
