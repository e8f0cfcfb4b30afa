package dev.ebb.engine.sampling;

/**
 * Counter-based random numbers: Philox 4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel Random
 * Numbers: As Easy as 1, 2, 3" (SC'11). A number depends on key and counter alone, so a sampled token
 * is the same in whatever batch and step it is sampled.
 */
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final double UNIT_53 = 0x1p-53;

  private Philox() {}

  /**
   * A number in [0, 1) with 53 random bits.
   *
   * @param choice answer index
   * @param position index of the sampled token in its sequence
   */
  public static double uniform(long seed, int choice, int position) {
    int[] block = block(new int[] {position, choice, 0, 0}, (int) seed, (int) (seed >>> 32));
    long bits = (block[0] & 0xffffffffL) << 32 | block[1] & 0xffffffffL;
    return (bits >>> 11) * UNIT_53;
  }

  /** Encrypts {@code counter}, four words, in place. */
  static int[] block(int[] counter, int key0, int key1) {
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xffffffffL) * (counter[0] & 0xffffffffL);
      long product1 = (MULTIPLIER_1 & 0xffffffffL) * (counter[2] & 0xffffffffL);
      int next0 = (int) (product1 >>> 32) ^ counter[1] ^ k0;
      int next2 = (int) (product0 >>> 32) ^ counter[3] ^ k1;
      counter[0] = next0;
      counter[1] = (int) product1;
      counter[2] = next2;
      counter[3] = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return counter;
  }
}
