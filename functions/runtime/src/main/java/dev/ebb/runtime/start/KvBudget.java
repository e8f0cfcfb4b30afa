package dev.ebb.runtime.start;

import dev.ebb.engine.kv.KvLayout;

/** How many tokens the key/value store may hold. */
final class KvBudget {
  /** The rest is for weights, activations, and whatever else runs on the machine. */
  private static final int SHARE = 4;

  private KvBudget() {}

  /**
   * The wanted tokens, cut so that their blocks take at most a quarter of the available memory.
   *
   * @throws StartException when not even one block fits
   */
  static int tokens(int wanted, KvLayout layout, long availableBytes) {
    long blocks = availableBytes / SHARE / layout.blockBytes();
    if (blocks < 1) {
      throw new StartException(StartFailure.MEMORY, "one block of keys and values needs " + layout.blockBytes()
          + " bytes and a quarter of the available memory is " + availableBytes / SHARE
          + "; free memory or take a smaller model");
    }
    return (int) Math.min(wanted, blocks * layout.blockTokens());
  }
}
