package dev.ebb.router.function;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HangWatchTest {
  private final HangWatch watch = new HangWatch(5, 30);

  @Test
  void aSilentFunctionIsHungAfterAWhile() {
    watch.restart(100);
    assertFalse(watch.due(104, true));
    assertTrue(watch.due(105, true));
    assertFalse(watch.probed(107, false));
    assertFalse(watch.due(109, true), "the next probe is not due yet");
    assertTrue(watch.due(112, true));
    assertFalse(watch.probed(129, false));
    assertTrue(watch.probed(130, false));
  }

  @Test
  void anAnswerBeginsTheTimeAnew() {
    watch.restart(0);
    assertFalse(watch.probed(29, true));
    assertFalse(watch.probed(58, false));
    assertTrue(watch.probed(59, false));
  }

  @Test
  void oneThatNobodyNeedsIsNotProbed() {
    watch.restart(0);
    assertFalse(watch.due(1_000, false));
    assertFalse(watch.due(1_004, true));
    assertTrue(watch.due(1_005, true));
    assertFalse(watch.probed(1_005, false), "the idle time does not count");
  }
}
