package dev.ebb.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private static final int EVENTS_MAX = 8;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final FakeClient client = new FakeClient();
  private final AtomicInteger givenUp = new AtomicInteger();
  private final StreamBacklog backlog = new StreamBacklog(EVENTS_MAX);
  private final EventStream stream = new EventStream(loop, client, backlog, givenUp::incrementAndGet);

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void writesEachEventAndTheEndExactly() throws Exception {
    client.reads = true;
    stream.send(Map.of("a", 1));
    stream.send(Map.of("text", "zwei\n\nZeilen é"));
    stream.finish();
    stream.send(Map.of("late", true));
    settle();
    assertEquals("data: {\"a\":1}\n\ndata: {\"text\":\"zwei\\n\\nZeilen é\"}\n\ndata: [DONE]\n\n", client.text());
    assertTrue(client.ended);
    assertEquals(0, givenUp.get());
  }

  @Test
  void manyEventsPassWhenTheClientTakesThem() throws Exception {
    client.reads = true;
    for (int i = 0; i < 10 * EVENTS_MAX; i++) {
      stream.send(Map.of("i", i));
      settle();
    }
    assertEquals(10 * EVENTS_MAX, client.events());
    assertEquals(0, givenUp.get());
  }

  @Test
  void aClientThatDoesNotReadIsCutOffAndHoldsNoMore() throws Exception {
    for (int i = 0; i < 10 * EVENTS_MAX; i++) {
      stream.send(Map.of("i", i));
      settle();
    }
    stream.finish();
    settle();
    assertEquals(1, client.written.size(), "while one write is under way there is no other");
    assertEquals(1, givenUp.get(), "the request is cancelled once");
    assertTrue(client.aborted);
    assertFalse(client.ended, "a cut stream must not look complete");
    assertEquals(0, backlog.waiting());
  }

  /** Each alone may have eight; together they have room for 32. */
  @Test
  void whereManyAreBehindEachMayBeLessSo() throws Exception {
    for (int other = 0; other < 4 * EVENTS_MAX; other++) {
      assertTrue(backlog.take(other % EVENTS_MAX));
    }
    stream.send(Map.of("i", 0));
    settle();
    stream.send(Map.of("i", 1));
    assertEquals(0, givenUp.get(), "one that is hardly behind goes on");
    stream.send(Map.of("i", 2));
    assertEquals(1, givenUp.get());
    assertEquals(4 * EVENTS_MAX, backlog.waiting());
  }

  @Test
  void whatWaitedGoesOutTogetherWhenTheClientCatchesUp() throws Exception {
    for (int i = 0; i < EVENTS_MAX; i++) {
      stream.send(Map.of("i", i));
      settle();
    }
    assertEquals(1, client.events());
    client.catchUp();
    settle();
    assertEquals(EVENTS_MAX, client.events());
    assertEquals(2, client.written.size());
    assertTrue(client.text().contains("data: {\"i\":6}\n\ndata: {\"i\":7}\n\n"));
  }

  @Test
  void sendingNeverWaitsForTheEventLoop() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    loop.runOnContext(ignored -> {
      blocked.countDown();
      awaitQuietly(release);
    });
    assertTrue(blocked.await(10, TimeUnit.SECONDS));
    for (int i = 0; i < 10 * EVENTS_MAX; i++) {
      stream.send(Map.of("i", i)); // would hang here if it waited
    }
    assertEquals(1, givenUp.get());
    release.countDown();
    settle();
    assertEquals(0, client.written.size(), "what waited for a cut client is dropped");
    assertTrue(client.aborted);
  }

  private void settle() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.runOnContext(ignored -> done.countDown());
    assertTrue(done.await(10, TimeUnit.SECONDS));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A connection whose other end reads, or does not. */
  private static final class FakeClient implements EventStream.Sink {
    final List<Buffer> written = new ArrayList<>();
    private Promise<Void> underWay;
    volatile boolean reads;
    volatile boolean ended;
    volatile boolean aborted;

    @Override
    public Future<Void> write(Buffer bytes) {
      written.add(bytes);
      if (reads) {
        return Future.succeededFuture();
      }
      underWay = Promise.promise();
      return underWay.future();
    }

    /** Takes the write that is under way. */
    void catchUp() {
      underWay.complete();
    }

    long events() {
      return text().lines().filter(line -> line.startsWith("data: ")).count();
    }

    @Override
    public void end(Buffer bytes) {
      written.add(bytes);
      ended = true;
    }

    @Override
    public void abort() {
      aborted = true;
    }

    String text() {
      Buffer all = Buffer.buffer();
      written.forEach(all::appendBuffer);
      return all.toString();
    }
  }
}
