package dev.ebb.cli.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ThreeWaysTest {
  /** An id that was there before is answered by nothing, 204, so what is pasted twice must make two. */
  @Test
  void theEventHasAnIdOfItsOwnEachTime() {
    String text = ThreeWays.text("http://127.0.0.1:8080", "m");
    assertTrue(text.contains("-H \"ce-id: $(date +%s%N)\""), text);
    assertFalse(text.contains("'ce-id:"), "the shell would not fill it in");
  }
}
