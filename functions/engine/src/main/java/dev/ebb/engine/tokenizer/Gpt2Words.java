package dev.ebb.engine.tokenizer;

/** GPT-2's words; see {@link PreTokenizer#GPT2} for the expression. */
final class Gpt2Words {
  private Gpt2Words() {}

  /**
   * End of the word at {@code from}.
   *
   * @param digitsAlone whether every number is a word and ends the text for what is before it
   */
  static int end(String text, int from, int to, boolean digitsAlone) {
    int first = text.codePointAt(from);
    byte kind = CharClass.of(first);
    if (digitsAlone && kind == CharClass.NUMBER) {
      return from + Character.charCount(first);
    }
    if (first == '\'') {
      int contraction = contraction(text, from, to, false);
      if (contraction > from) {
        return contraction;
      }
    }
    if (first == ' ' && from + 1 < to) {
      byte next = CharClass.of(text.codePointAt(from + 1));
      if (next != CharClass.SPACE && !(digitsAlone && next == CharClass.NUMBER)) {
        return run(text, from + 1, to, next);
      }
    }
    int end = run(text, from, to, kind);
    if (kind != CharClass.SPACE || end == to || end == from + 1) {
      return end;
    }
    boolean textEnds = digitsAlone && CharClass.of(text.codePointAt(end)) == CharClass.NUMBER;
    return textEnds ? end : end - 1;
  }

  /** End of the longest run of one class. */
  static int run(String text, int from, int to, byte kind) {
    int at = from;
    while (at < to) {
      int c = text.codePointAt(at);
      if (CharClass.of(c) != kind) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  /** End of 's, 't, 're, 've, 'm, 'll or 'd at {@code from}, or {@code from}. */
  static int contraction(String text, int from, int to, boolean anyCase) {
    if (from + 1 >= to) {
      return from;
    }
    char one = letter(text, from + 1, anyCase);
    if (one == 's' || one == 't' || one == 'm' || one == 'd') {
      return from + 2;
    }
    if (from + 2 >= to) {
      return from;
    }
    char two = letter(text, from + 2, anyCase);
    boolean pair = (one == 'r' && two == 'e') || (one == 'v' && two == 'e') || (one == 'l' && two == 'l');
    return pair ? from + 3 : from;
  }

  /** The letter, folded as Unicode folds case: the long s (U+017F) is an s too. */
  private static char letter(String text, int at, boolean anyCase) {
    char c = text.charAt(at);
    if (!anyCase) {
      return c;
    }
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c == 0x17f ? 's' : c;
  }
}
