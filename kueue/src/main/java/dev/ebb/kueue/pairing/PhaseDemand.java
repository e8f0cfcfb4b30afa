package dev.ebb.kueue.pairing;

/**
 * What one phase of a model wants and has.
 *
 * @param wanted replicas that the demand calls for; 0 or more
 * @param held replicas that hold quota, or were just woken and are to get it; 0 or more. Not one whose pod waits at
 *     Kueue's gate because its quota was taken
 * @param gpusEach GPUs of one replica; 0 for one on the CPU
 */
public record PhaseDemand(int wanted, int held, int gpusEach) {
  /** A phase that nobody wants. */
  public static final PhaseDemand NONE = new PhaseDemand(0, 0, 0);

  public PhaseDemand {
    atLeastZero("wanted", wanted);
    atLeastZero("held", held);
    atLeastZero("gpusEach", gpusEach);
  }

  static void atLeastZero(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is " + value + ": give 0 or more");
    }
  }
}
