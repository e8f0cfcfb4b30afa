package dev.ebb.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A hostile text must not take time that grows with its square. */
class TokenizerScaleTest {
  private static final int SMALL = 1 << 18;
  private static final int GROWTH = 8;
  private static final long LEAST_NANOS = 10_000_000;

  static Stream<String[]> hostileTexts() {
    String[] units = {"a", " ", "\n ", "\u00e9", "<|"};
    return Stream.of("gpt-2", "qwen2", "llama-spm")
        .flatMap(name -> Stream.of(units).map(unit -> new String[] {name, unit}));
  }

  /**
   * Eight times the text takes about eight times the work, where squared growth would take 64 times;
   * measured as time of this thread on the processor, so that other processes do not count.
   */
  @ParameterizedTest
  @MethodSource("hostileTexts")
  void workGrowsWithTheLength(String name, String unit) {
    Tokenizer tokenizer = TokenizerPropertyTest.tokenizer(name);
    String small = unit.repeat(SMALL / unit.length());
    String large = small.repeat(GROWTH);
    long smallNanos = Math.max(least(tokenizer, small, 4), LEAST_NANOS);
    long largeNanos = least(tokenizer, large, 2);
    assertTrue(largeNanos < smallNanos * GROWTH * 3,
        () -> name + ": " + smallNanos / 1e6 + " ms, but " + GROWTH + " times the text " + largeNanos / 1e6 + " ms");
  }

  private static long least(Tokenizer tokenizer, String text, int runs) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      long start = threads.getCurrentThreadCpuTime();
      tokenizer.encode(text, false, true);
      best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
    }
    return best;
  }
}
