package dev.ebb.engine.sequence;

import dev.ebb.engine.sampling.TokenSource;
import java.util.Arrays;

/** Tokens of one sequence: the prompt, then what was generated. Only grows. */
public final class TokenList implements TokenSource {
  private final int promptLength;
  private int[] tokens;
  private int size;

  public TokenList(int[] prompt) {
    this(prompt, prompt.length, prompt.length);
  }

  private TokenList(int[] tokens, int size, int promptLength) {
    this.tokens = Arrays.copyOf(tokens, size + 1);
    this.size = size;
    this.promptLength = promptLength;
  }

  /** The prompt alone, for another answer to it. */
  TokenList promptOnly() {
    return new TokenList(tokens, promptLength, promptLength);
  }

  void add(int token) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, size + size / 2 + 1);
    }
    tokens[size++] = token;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int token(int index) {
    return tokens[index];
  }

  @Override
  public int promptLength() {
    return promptLength;
  }

  /** The backing array; valid up to {@link #size()}, not to be changed. */
  int[] array() {
    return tokens;
  }
}
