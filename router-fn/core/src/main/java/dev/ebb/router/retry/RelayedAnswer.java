package dev.ebb.router.retry;

/**
 * What the caller of a stream already has of one answer. After {@link #restart} the answer comes again from its
 * beginning, and what was relayed before is dropped. Tokens and text are counted apart, for text may lag behind
 * its tokens (an unfinished character, the beginning of a stop text). Confined to the request's thread.
 */
public final class RelayedAnswer {
  private int tokensRelayed;
  private int charsRelayed;
  private int tokensToDrop;
  private int charsToDrop;
  private boolean finished;

  /**
   * What of a piece is new to the caller.
   *
   * @param firstToken index of the first new token in the piece
   * @param text the new text
   */
  public record Fresh(int firstToken, String text) {}

  /** Another attempt begins. */
  public void restart() {
    tokensToDrop = tokensRelayed;
    charsToDrop = charsRelayed;
  }

  /** Takes the next piece of the running attempt and says what of it to relay. */
  public Fresh accept(int tokens, String text) {
    int oldTokens = Math.min(tokensToDrop, tokens);
    int oldChars = Math.min(charsToDrop, text.length());
    tokensToDrop -= oldTokens;
    charsToDrop -= oldChars;
    tokensRelayed += tokens - oldTokens;
    charsRelayed += text.length() - oldChars;
    return new Fresh(oldTokens, text.substring(oldChars));
  }

  /** The answer's end; true the first time only. */
  public boolean finish() {
    boolean first = !finished;
    finished = true;
    return first;
  }

  /** Tokens that the caller has. */
  public int tokens() {
    return tokensRelayed;
  }
}
