package dev.ebb.router.app.testing;

import io.vertx.core.Vertx;

/** The two functions that the router under test calls; one pair for all tests of one application. */
public final class Fakes {
  private static final Vertx VERTX = Vertx.vertx();

  public static final FakeFunction PREFILL =
      new FakeFunction(VERTX, Integer.getInteger(RouterProfile.PREFILL_PORT), Behaviours.PREFILL);
  public static final FakeFunction DECODE =
      new FakeFunction(VERTX, Integer.getInteger(RouterProfile.DECODE_PORT), Behaviours.DECODE);

  private Fakes() {}

  /** Forgets all that earlier tests planned. */
  public static void reset() {
    PREFILL.reset();
    DECODE.reset();
  }
}
