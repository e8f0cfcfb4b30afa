package dev.ebb.router.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.router.function.FunctionLifecycle.Action;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FunctionLifecycleTest {
  private static final LifecycleLimits LIMITS =
      new LifecycleLimits(10_000, 2_000, 60_000, 3, new Backoff(100, 1_000));

  private FunctionLifecycle life;
  private long now;

  @BeforeEach
  void fresh() {
    life = new FunctionLifecycle(LIMITS);
    now = 1_000;
  }

  @Test
  void needStartsAndIdlenessStops() {
    assertEquals(Action.NONE, tick(false, true), "used lately, but nobody needs it now");
    assertEquals(Action.START, tick(true, true));
    assertEquals(Action.NONE, tick(true, true), "started once");
    life.ready(now);
    assertEquals(FunctionState.READY, life.state());
    assertEquals(Action.NONE, tick(false, true), "kept for the idle time");
    assertEquals(Action.STOP, tick(false, false));
    life.exited(now, "", false);
    assertEquals(FunctionState.STOPPED, life.state());
  }

  @Test
  void aStartThatNobodyWaitsForAnyMoreIsNotBrokenOff() {
    tick(true, true);
    assertEquals(Action.NONE, tick(false, false));
    assertEquals(FunctionState.STARTING, life.state());
  }

  @Test
  void demandDuringDrainingStartsAnew() {
    running();
    assertEquals(Action.STOP, tick(false, false));
    assertEquals(Action.NONE, tick(true, true), "the old one must end first");
    life.exited(now, "", false);
    assertEquals(Action.START, tick(true, true));
  }

  @Test
  void oneThatDoesNotBecomeReadyOrDoesNotEndIsKilledOnce() {
    tick(true, true);
    now += 9_999;
    assertEquals(Action.NONE, tick(true, true));
    now += 1;
    assertEquals(Action.KILL, tick(true, true));
    assertEquals(Action.NONE, tick(true, true), "once");
    life.exited(now, "killed", false);
    assertEquals(FunctionState.FAILED, life.state());
    now += 100;
    tick(true, true);
    life.ready(now);
    assertEquals(Action.STOP, tick(false, false));
    now += 2_000;
    assertEquals(Action.KILL, tick(false, false));
  }

  @Test
  void aCrashIsRepairedAfterItsBackoff() {
    running();
    life.exited(now, "signal 9", false);
    assertEquals(FunctionState.FAILED, life.state());
    assertEquals(Action.NONE, tick(true, true));
    now += 99;
    assertEquals(Action.NONE, tick(true, true));
    now += 1;
    assertEquals(Action.START, tick(true, true));
    assertTrue(life.verdict(now).isEmpty(), "requests wait through a restart");
  }

  @Test
  void backoffDoublesUpToItsLimitAndIsForgottenAfterAStableTime() {
    long[] expected = {100, 200, 400, 800, 1_000, 1_000};
    for (long wait : expected) {
      running();
      life.exited(now, "crash", false);
      now += wait - 1;
      assertEquals(Action.NONE, tick(true, true), () -> "still waiting out " + wait);
      now += 1;
      assertEquals(Action.START, tick(true, true), () -> "waited out " + wait);
      life.ready(now);
    }
    now += 60_000;
    life.exited(now, "crash", false);
    now += 100;
    assertEquals(Action.START, tick(true, true), "the first failure in a long while");
  }

  @Test
  void anIdleCrashIsRepairedOnlyWhileWanted() {
    running();
    life.exited(now, "crash", false);
    now += 100;
    assertEquals(Action.NONE, tick(false, false));
    assertEquals(Action.START, tick(false, true));
  }

  @Test
  void failingStartsAreReportedAfterAFewAndNotRepeatedForNobody() {
    for (int i = 0; i < 3; i++) {
      assertTrue(life.verdict(now).isEmpty(), "not yet hopeless");
      assertEquals(Action.START, tick(true, true));
      life.exited(now, "no memory", false);
      now += i < 2 ? 1_000 : 0;
    }
    assertEquals("no memory", life.verdict(now).orElseThrow().reason());
    assertEquals(400, life.verdict(now).orElseThrow().retryAfterMs());
    now += 400;
    assertTrue(life.verdict(now).isEmpty(), "the next request tries again");
    assertEquals(Action.NONE, tick(false, true));
    assertEquals(Action.START, tick(true, true));
  }

  @Test
  void aStartThatFailsForGoodIsReportedAtOnce() {
    tick(true, true);
    life.exited(now, "the model file is damaged", true);
    assertEquals("the model file is damaged", life.verdict(now).orElseThrow().reason());
    assertEquals(1_000, life.verdict(now).orElseThrow().retryAfterMs());
    assertEquals(Action.NONE, tick(true, true));
    now += 1_000;
    assertEquals(Action.START, tick(true, true), "perhaps it was repaired");
  }

  @Test
  void theRoutersEndDrainsWhateverTheDemand() {
    running();
    assertEquals(Action.STOP, life.drain(now));
    assertEquals(Action.NONE, life.drain(now));
    life.exited(now, "", false);
    assertEquals(Action.NONE, life.drain(now));
    assertFalse(life.verdict(now).isPresent());
  }

  private void running() {
    if (life.state() != FunctionState.READY) {
      tick(true, true);
      life.ready(now);
    }
    assertEquals(FunctionState.READY, life.state());
  }

  private Action tick(boolean needed, boolean wanted) {
    return life.tick(now, needed, wanted);
  }
}
