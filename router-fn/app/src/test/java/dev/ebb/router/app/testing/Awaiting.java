package dev.ebb.router.app.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.BooleanSupplier;

/** Waits for what comes by itself. */
public final class Awaiting {
  private Awaiting() {}

  /** Until it holds, for 15 s at most. */
  public static void await(BooleanSupplier holds) {
    for (int i = 0; i < 1_500 && !holds.getAsBoolean(); i++) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertTrue(holds.getAsBoolean(), "in time");
  }
}
