package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.nativecore.StepRunner.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A token's logits depend on its sequence alone, bit for bit, on every backend that runs here. */
class BatchInvarianceTest {
  private static final int BLOCKS = 32;
  // Ends inside a block, so that a partly filled one is read.
  private static final int[] PROMPT = prompt(1, 75);
  private static final int[] TABLE = {0, 1, 2, 3, 4};

  private static TinyModel model;

  @BeforeAll
  static void makeModel() {
    model = new TinyModel(42);
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  static Stream<String> backends() {
    return Backends.available().stream().map(BackendProvider::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void chunksGiveWhatTheWholeGives(String backend) {
    List<float[]> whole = run(backend, 1, PROMPT.length, TABLE);
    for (int chunk : new int[] {1, 7, 16, 33, 64}) {
      assertSame(whole, run(backend, 1, chunk, TABLE), "chunks of " + chunk);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void threadsDoNotMatter(String backend) {
    List<float[]> one = run(backend, 1, PROMPT.length, TABLE);
    assertSame(one, run(backend, 2, PROMPT.length, TABLE), "2 threads");
    assertSame(one, run(backend, 3, 1, TABLE), "3 threads, token by token");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void blockTablesDoNotMatter(String backend) {
    List<float[]> inOrder = run(backend, 2, PROMPT.length, TABLE);
    assertSame(inOrder, run(backend, 2, 20, 31, 7, 0, 19, 2), "shuffled blocks");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void neighboursDoNotMatter(String backend) {
    int[] other = prompt(2, 40);
    int[] third = prompt(3, 1);
    List<float[]> alone = run(backend, 1, PROMPT.length, TABLE);
    try (StepRunner runner = open(backend, 2)) {
      List<float[]> first =
          runner.step(
              new Part(other, 0, new int[] {10, 11, 12}),
              new Part(Arrays.copyOf(PROMPT, 50), 0, new int[] {5, 3, 8, 20, 21}));
      List<float[]> second =
          runner.step(
              new Part(Arrays.copyOfRange(PROMPT, 50, 75), 50, new int[] {5, 3, 8, 20, 21}),
              new Part(third, 0, new int[] {13}));
      assertSame(alone.subList(0, 50), first.subList(40, 90), "behind another sequence");
      assertSame(alone.subList(50, 75), second.subList(0, 25), "before a decoding one");
    }
  }

  /** The other tests would pass if every token had the same logits. */
  @ParameterizedTest
  @MethodSource("backends")
  void logitsDependOnTheTokensBefore(String backend) {
    int[] changed = PROMPT.clone();
    changed[0] = (changed[0] + 1) % TinyModel.VOCABULARY;
    try (StepRunner runner = open(backend, 1)) {
      float[] last = runner.run(PROMPT, 75, TABLE).getLast();
      float[] changedLast = runner.run(changed, 75, TABLE).getLast();
      assertNotEquals(Arrays.toString(last), Arrays.toString(changedLast));
    }
  }

  private static List<float[]> run(String backend, int threads, int chunk, int... blocks) {
    try (StepRunner runner = open(backend, threads)) {
      return runner.run(PROMPT, chunk, blocks);
    }
  }

  private static StepRunner open(String backend, int threads) {
    return new StepRunner(Backends.named(backend).open(threads), model, BLOCKS);
  }

  private static int[] prompt(long seed, int length) {
    return new Random(seed).ints(length, 0, TinyModel.VOCABULARY).toArray();
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual, String what) {
    assertEquals(expected.size(), actual.size(), what);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), what + ", token " + i);
    }
  }
}
