package dev.ebb.engine.tokenizer;

/** Plain text, free of special tokens, to ids and back. Thread-safe. */
interface Segmenter {

  /**
   * Appends the ids of {@code text[from, to)}.
   *
   * @param begins whether the text begins here: at its start or after a special token
   */
  void encode(String text, int from, int to, boolean begins, IntList out);

  /** The bytes that an ordinary token stands for. */
  byte[] bytes(String piece, byte type);
}
