package dev.ebb.engine.tokenizer;

/**
 * Llama 3's and Qwen2's words: {@code (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+
 * |\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+} (Qwen2: {@code \p{N}}).
 */
final class Llama3Words {
  private Llama3Words() {}

  /** End of the word at {@code from}. */
  static int end(String text, int from, int to, int digitsMax) {
    int first = text.codePointAt(from);
    byte kind = CharClass.of(first);
    if (first == '\'') {
      int contraction = Gpt2Words.contraction(text, from, to, true);
      if (contraction > from) {
        return contraction;
      }
    }
    int second = from + Character.charCount(first);
    byte next = second < to ? CharClass.of(text.codePointAt(second)) : -1;
    if (kind == CharClass.LETTER) {
      return Gpt2Words.run(text, from, to, kind);
    }
    if (kind == CharClass.NUMBER) {
      return digits(text, second, to, digitsMax - 1);
    }
    if (next == CharClass.LETTER && first != '\r' && first != '\n') {
      return Gpt2Words.run(text, second, to, next);
    }
    if (kind == CharClass.OTHER || (first == ' ' && next == CharClass.OTHER)) {
      return lineEnds(text, Gpt2Words.run(text, kind == CharClass.OTHER ? from : second, to, CharClass.OTHER), to);
    }
    return space(text, from, to);
  }

  private static int digits(String text, int from, int to, int most) {
    int at = from;
    for (int i = 0; i < most && at < to; i++) {
      int c = text.codePointAt(at);
      if (CharClass.of(c) != CharClass.NUMBER) {
        break;
      }
      at += Character.charCount(c);
    }
    return at;
  }

  private static int lineEnds(String text, int from, int to) {
    int at = from;
    while (at < to && (text.charAt(at) == '\r' || text.charAt(at) == '\n')) {
      at++;
    }
    return at;
  }

  /** White space up to its last line end, or else all but the last character before a word. */
  private static int space(String text, int from, int to) {
    int end = Gpt2Words.run(text, from, to, CharClass.SPACE);
    for (int at = end; at > from; at--) {
      if (text.charAt(at - 1) == '\r' || text.charAt(at - 1) == '\n') {
        return at;
      }
    }
    return end == to || end == from + 1 ? end : end - 1;
  }
}
