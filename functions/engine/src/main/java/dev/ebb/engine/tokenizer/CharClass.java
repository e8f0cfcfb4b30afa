package dev.ebb.engine.tokenizer;

/** The four classes that pre-tokenizers tell apart; every code point is in exactly one. */
final class CharClass {
  static final byte LETTER = 0;
  static final byte NUMBER = 1;
  static final byte SPACE = 2;
  static final byte OTHER = 3;

  private static final byte[] ASCII = new byte[128];

  static {
    for (int c = 0; c < ASCII.length; c++) {
      ASCII[c] = classify(c);
    }
  }

  private CharClass() {}

  /** The class of a code point: Unicode's L, N, White_Space, or none of them. */
  static byte of(int codePoint) {
    return codePoint < ASCII.length ? ASCII[codePoint] : classify(codePoint);
  }

  private static byte classify(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
      default -> (c >= '\t' && c <= '\r') || c == 0x85 ? SPACE : OTHER;
    };
  }
}
