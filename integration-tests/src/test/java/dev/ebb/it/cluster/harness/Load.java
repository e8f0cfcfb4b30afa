package dev.ebb.it.cluster.harness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ebb.it.harness.Api;
import dev.ebb.it.harness.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests one after another from each of several callers, until told to end. All are greedy and have one answer. */
public final class Load implements AutoCloseable {
  private static final int TOKENS = 24;
  private static final Map<String, Object> BODY = Map.of("model", Installation.MODEL, "prompt",
      "The lighthouse keeper climbed the stairs and", "max_tokens", TOKENS, "temperature", 0, "ignore_eos", true);

  private final Api api;
  private final List<Thread> callers = new ArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile double longest;

  private Load(Api api) {
    this.api = api;
  }

  /**
   * What came of a load.
   *
   * @param lost requests without a whole answer, or with another one than the rest
   * @param longest seconds of the slowest
   */
  public record Outcome(int answered, int lost, double longest, List<String> failures) {}

  /** Begins; so many callers. */
  public static Load begin(Api api, int callers) {
    Load load = new Load(api);
    for (int number = 0; number < callers; number++) {
      load.callers.add(Thread.ofVirtual().start(load::call));
    }
    return load;
  }

  /** One request. */
  public static Outcome once(Api api) {
    Load load = new Load(api);
    load.request();
    return load.outcome();
  }

  /** Waits for so many answers. */
  public void awaitAnswers(int count) {
    Await.until(count + " answers", Duration.ofSeconds(120), () -> answered.get() + lost.get() >= count);
  }

  /** Lets the requests under way end, and counts. */
  public Outcome end() {
    close();
    return outcome();
  }

  @Override
  public void close() {
    ended.set(true);
    for (Thread caller : callers) {
      try {
        caller.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private Outcome outcome() {
    return new Outcome(answered.get(), lost.get(), longest, List.copyOf(failures));
  }

  private void call() {
    while (!ended.get()) {
      request();
    }
  }

  private void request() {
    long begin = System.nanoTime();
    try {
      JsonNode answer = api.post("/v1/completions", BODY).ok();
      String text = answer.at("/choices/0/text").asText();
      texts.add(text);
      boolean whole = answer.at("/usage/completion_tokens").asInt() == TOKENS && text.equals(texts.peek());
      (whole ? answered : lost).incrementAndGet();
      if (!whole) {
        failures.add(answer.toString());
      }
    } catch (AssertionError e) {
      lost.incrementAndGet();
      failures.add(String.valueOf(e.getMessage()));
      Await.pause(500);
    }
    longest = Math.max(longest, (System.nanoTime() - begin) / 1e9);
  }
}
