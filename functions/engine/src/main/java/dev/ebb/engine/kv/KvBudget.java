package dev.ebb.engine.kv;

/** How many tokens the key/value store may hold. */
public final class KvBudget {
  /** The rest is for weights, activations, and whatever else runs on the machine. */
  private static final int SHARE = 4;

  private KvBudget() {}

  /**
   * The wished tokens in whole blocks, cut so that they take at most a quarter of this machine's available memory; 0
   * when not even one block fits.
   */
  public static int tokens(int wished, KvLayout layout) {
    return tokens(wished, layout, AvailableMemory.bytes());
  }

  static int tokens(int wished, KvLayout layout, long availableBytes) {
    long fitting = availableBytes / SHARE / layout.blockBytes();
    return (int) Math.min(wished / layout.blockTokens(), fitting) * layout.blockTokens();
  }
}
