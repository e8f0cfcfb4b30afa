package dev.ebb.router.app.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.ebb.router.request.Refusal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadingRoomTest {
  private static final long ROOM = 1 << 20;

  private final ReadingRoom room = new ReadingRoom(ROOM);
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private CompletableFuture<Void> read(int bytes, Runnable reading) {
    return CompletableFuture.runAsync(() -> room.read(new byte[bytes], () -> {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      reading.run();
      now.decrementAndGet();
      return null;
    }), task -> Thread.ofVirtual().start(task));
  }

  private static void sleep() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Each tree may take three quarters of the room, or more than all of it. */
  @Test
  void largeBodiesAreReadOneAfterTheOther() {
    Stream.of(22_000, 22_000, 900_000, 22_000, 900_000).map(bytes -> read(bytes, ReadingRoomTest::sleep)).toList()
        .forEach(CompletableFuture::join);
    assertEquals(1, most.get());
  }

  @Test
  void smallOnesAreReadAtTheSameTime() throws Exception {
    CountDownLatch all = new CountDownLatch(10);
    List<CompletableFuture<Void>> reads = Stream.generate(() -> read(2_000, () -> {
      all.countDown();
      await(all);
    })).limit(10).toList();
    CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    assertEquals(10, most.get());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBodyThatIsRefusedGivesItsRoomBack() {
    for (int i = 0; i < 3; i++) {
      assertThrows(Refusal.class, () -> room.read(new byte[22_000], () -> Fields.parse(new byte[22_000])));
    }
  }
}
