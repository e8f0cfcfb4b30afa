package dev.ebb.engine.tokenizer;

/** Text to token ids and back. Immutable and thread-safe. */
public interface Tokenizer {

  /** Number of token ids. */
  int vocabularySize();

  /**
   * Token ids of a text.
   *
   * @param addSpecial whether to put the begin-of-sequence token first where the model wants it
   * @param parseSpecial whether special tokens written out in the text become their ids (chat
   *     templates) or stay plain text (untrusted input)
   */
  int[] encode(String text, boolean addSpecial, boolean parseSpecial);

  /** Raw bytes of one token; empty for control tokens unless {@code renderSpecial}. */
  byte[] bytes(int token, boolean renderSpecial);

  /** Text of tokens; bytes that are no UTF-8 become U+FFFD. */
  String decode(int[] tokens, boolean renderSpecial);

  /** A decoder for one stream, which holds back the bytes of an unfinished character. */
  StreamDecoder stream(boolean renderSpecial);

  /** The token's string as the vocabulary stores it, for display. */
  String piece(int token);

  /** Whether the token ends a generation. */
  boolean endsGeneration(int token);

  /** Begin-of-sequence id, or -1. */
  int bos();

  /** End-of-sequence id, or -1. */
  int eos();

  /** Incremental decoding of one token stream; not thread-safe. */
  interface StreamDecoder {
    /** The text that became complete with this token; often empty inside a multi-byte character. */
    String add(int token);

    /** What is left at the end, unfinished bytes as U+FFFD. */
    String finish();
  }
}
