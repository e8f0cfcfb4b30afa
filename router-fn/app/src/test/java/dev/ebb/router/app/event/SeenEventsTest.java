package dev.ebb.router.app.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeenEventsTest {
  private final AtomicLong now = new AtomicLong(1_000);
  private final SeenEvents seen = new SeenEvents(60_000, now::get);

  @Test
  void anAnsweredEventIsNotAnsweredAgainUntilItIsForgotten() {
    assertTrue(seen.claim("a").join());
    seen.end("a", true);
    assertFalse(seen.claim("a").join());
    assertTrue(seen.claim("b").join(), "another event has nothing to do with it");
    now.addAndGet(60_001);
    assertTrue(seen.claim("a").join());
  }

  @Test
  void aDuplicateWaitsForTheFirst() {
    seen.claim("a");
    CompletableFuture<Boolean> second = seen.claim("a");
    CompletableFuture<Boolean> third = seen.claim("a");
    assertFalse(second.isDone());
    seen.end("a", true);
    assertFalse(second.join());
    assertFalse(third.join());
  }

  @Test
  void whatFailedIsTriedByTheNextAndByOneAtATime() {
    seen.claim("a");
    CompletableFuture<Boolean> second = seen.claim("a");
    CompletableFuture<Boolean> third = seen.claim("a");
    seen.end("a", false);
    assertTrue(second.join());
    assertFalse(third.isDone());
    seen.end("a", false);
    assertTrue(third.join());
    seen.end("a", false);
    assertEquals(0, seen.remembered());
    assertTrue(seen.claim("a").join());
  }

  @Test
  void theMemoryIsBounded() {
    for (int i = 0; i < SeenEvents.ANSWERED_MAX + 50; i++) {
      seen.claim("e" + i);
      seen.end("e" + i, true);
    }
    assertEquals(SeenEvents.ANSWERED_MAX, seen.remembered());
    assertTrue(seen.claim("e0").join(), "the oldest was forgotten");
    assertFalse(seen.claim("e" + (SeenEvents.ANSWERED_MAX + 49)).join());
  }

  @Test
  void withoutMemoryEveryDeliveryIsAnswered() {
    SeenEvents none = new SeenEvents(0, now::get);
    assertTrue(none.claim("a").join());
    assertTrue(none.claim("a").join());
    none.end("a", true);
    assertTrue(none.claim("a").join());
  }
}
