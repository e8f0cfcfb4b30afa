package dev.ebb.keda.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkQueueTest {
  private final WorkQueue queue = new WorkQueue();
  private final BlockingQueue<String> worked = new LinkedBlockingQueue<>();
  private Workers workers;

  @AfterEach
  void stop() {
    if (workers != null) {
      workers.stop();
    }
  }

  private String take() throws InterruptedException {
    return queue.take(() -> false).orElseThrow();
  }

  @Test
  void aNameAddedOftenIsTakenOnce() throws Exception {
    queue.add("a");
    queue.add("a");
    queue.add("b");
    assertEquals(List.of("a", "b"), List.of(take(), take()));
    workers = new Workers(queue, 1, worked::add);
    workers.start();
    queue.add("c");
    assertEquals("c", worked.poll(5, TimeUnit.SECONDS), "a and b wait for nobody to have added them again");
  }

  @Test
  void aNameAddedDuringItsWorkComesAgainAfterIt() throws Exception {
    queue.add("a");
    assertEquals("a", take());
    queue.add("a");
    queue.add("b");
    assertEquals("b", take(), "never two at work on one name");
    queue.done("a", true);
    assertEquals("a", take());
  }

  @Test
  void aFailedNameComesBackLaterWithoutHoldingUpOthers() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    workers = new Workers(queue, 2, name -> {
      boolean succeeds = !name.equals("bad") || tries.incrementAndGet() == 4;
      worked.add(name + succeeds);
      return succeeds;
    });
    workers.start();
    queue.add("bad");
    for (int i = 0; i < 3; i++) {
      assertEquals("badfalse", worked.poll(5, TimeUnit.SECONDS));
    }
    queue.add("good");
    assertEquals("goodtrue", worked.poll(5, TimeUnit.SECONDS));
    assertEquals("badtrue", worked.poll(5, TimeUnit.SECONDS));
  }

  @Test
  void workThatThrowsIsAFailureAndStopsNothing() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    workers = new Workers(queue, 1, name -> {
      if (tries.incrementAndGet() == 1) {
        throw new IllegalStateException("on purpose");
      }
      return worked.add(name);
    });
    workers.start();
    queue.add("throws");
    assertEquals("throws", worked.poll(5, TimeUnit.SECONDS), "tried again by the same thread");
    assertEquals(2, tries.get());
  }

  /** As deep nesting in an annotation is: the object comes back later, and all workers go on with the others. */
  @Test
  void errorsOfSomeObjectsStopNoWorker() throws Exception {
    workers = new Workers(queue, 2, name -> {
      if (name.startsWith("bad")) {
        worked.add(name);
        throw new StackOverflowError("on purpose");
      }
      return worked.add(name);
    });
    workers.start();
    for (String bad : List.of("bad 1", "bad 2")) {
      queue.add(bad);
      for (int time = 0; time < 2; time++) {
        assertTrue(heard(bad), "again and again");
      }
      queue.add("good");
      assertTrue(heard("good"), "not held up");
    }
  }

  private boolean heard(String name) throws InterruptedException {
    String next = worked.poll(5, TimeUnit.SECONDS);
    while (next != null && !next.equals(name)) {
      next = worked.poll(5, TimeUnit.SECONDS);
    }
    return next != null;
  }

  /** Nothing that the process does is certain then; but the name is not lost before its end. */
  @Test
  void whereMemoryEndsTheThreadTellsAndTheNameIsFree() throws Exception {
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    try {
      AtomicInteger tries = new AtomicInteger();
      workers = new Workers(queue, 2, name -> {
        if (tries.incrementAndGet() == 1) {
          throw new OutOfMemoryError("on purpose");
        }
        return worked.add(name);
      });
      workers.start();
      queue.add("large");
      assertEquals(OutOfMemoryError.class, uncaught.poll(5, TimeUnit.SECONDS).getClass());
      assertEquals("large", worked.poll(5, TimeUnit.SECONDS), "by the other thread");
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void stoppedWorkersTakeNothing() throws Exception {
    workers = new Workers(queue, 2, worked::add);
    workers.start();
    workers.stop();
    queue.add("a");
    assertFalse(worked.contains("a"));
    assertEquals("a", take());
  }

  @Test
  void delaysDoubleUpToAMinute() {
    assertEquals(List.of(50L, 100L, 200L, 400L), IntStream.rangeClosed(1, 4).mapToObj(WorkQueue::delay)
        .map(Duration::toMillis).toList());
    assertEquals(Duration.ofSeconds(60), WorkQueue.delay(12));
    assertEquals(Duration.ofSeconds(60), WorkQueue.delay(1_000_000));
  }
}
