package dev.ebb.runtime.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ParentWatchTest {
  @Test
  void theEndOfTheProcessIsSeenAndNotBefore() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    CountDownLatch gone = new CountDownLatch(1);
    try (ParentWatch watch = new ParentWatch(process.pid(), gone::countDown)) {
      assertTrue(!gone.await(1200, TimeUnit.MILLISECONDS), "it runs, but was taken for dead");
      process.destroyForcibly();
      assertTrue(gone.await(30, TimeUnit.SECONDS), "it is dead and nobody noticed");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aProcessThatIsGoneAlreadyIsSeenAtOnce() throws Exception {
    Process process = new ProcessBuilder("true").start();
    assertEquals(0, process.waitFor());
    CountDownLatch gone = new CountDownLatch(1);
    try (ParentWatch watch = new ParentWatch(process.pid(), gone::countDown)) {
      assertTrue(gone.await(30, TimeUnit.SECONDS));
    }
  }
}
