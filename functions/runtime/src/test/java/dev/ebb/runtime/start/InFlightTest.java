package dev.ebb.runtime.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.runtime.work.RefusedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InFlightTest {
  private final InFlight inFlight = new InFlight();

  @Test
  void aDrainLetsNobodyInAndWaitsForThoseInside() throws Exception {
    inFlight.begin();
    inFlight.drain();
    assertEquals(503, assertThrows(RefusedException.class, inFlight::begin).status());
    assertFalse(inFlight.awaitNone(10), "one is still inside");
    CompletableFuture<Boolean> empty = CompletableFuture.supplyAsync(() -> {
      try {
        return inFlight.awaitNone(60_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    inFlight.end();
    assertTrue(empty.get(60, TimeUnit.SECONDS));
    assertEquals(0, inFlight.requests());
  }
}
