package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.nativecore.StepRunner.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A token's logits depend on its sequence alone, bit for bit, on every backend and of every type of its cache. */
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

  /** A backend, and how it keeps keys and values. */
  record Kind(BackendProvider backend, KvLayout.Type kvType) {
    @Override
    public String toString() {
      return backend.name() + ", " + kvType;
    }
  }

  static Stream<Kind> backends() {
    return Backends.available().stream()
        .flatMap(backend -> backend.kvTypes().stream().map(type -> new Kind(backend, type)));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void chunksGiveWhatTheWholeGives(Kind kind) {
    List<float[]> whole = run(kind, 1, PROMPT.length, TABLE);
    for (int chunk : new int[] {1, 7, 16, 33, 64}) {
      assertSame(whole, run(kind, 1, chunk, TABLE), "chunks of " + chunk);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void threadsDoNotMatter(Kind kind) {
    List<float[]> one = run(kind, 1, PROMPT.length, TABLE);
    assertSame(one, run(kind, 2, PROMPT.length, TABLE), "2 threads");
    assertSame(one, run(kind, 3, 1, TABLE), "3 threads, token by token");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void blockTablesDoNotMatter(Kind kind) {
    List<float[]> inOrder = run(kind, 2, PROMPT.length, TABLE);
    assertSame(inOrder, run(kind, 2, 20, 31, 7, 0, 19, 2), "shuffled blocks");
  }

  @ParameterizedTest
  @MethodSource("backends")
  void neighboursDoNotMatter(Kind kind) {
    int[] other = prompt(2, 40);
    int[] third = prompt(3, 1);
    List<float[]> alone = run(kind, 1, PROMPT.length, TABLE);
    try (StepRunner runner = open(kind, 2)) {
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
  void logitsDependOnTheTokensBefore(Kind kind) {
    int[] changed = PROMPT.clone();
    changed[0] = (changed[0] + 1) % TinyModel.VOCABULARY;
    try (StepRunner runner = open(kind, 1)) {
      float[] last = runner.run(PROMPT, 75, TABLE).getLast();
      float[] changedLast = runner.run(changed, 75, TABLE).getLast();
      assertNotEquals(Arrays.toString(last), Arrays.toString(changedLast));
    }
  }

  private static List<float[]> run(Kind kind, int threads, int chunk, int... blocks) {
    try (StepRunner runner = open(kind, threads)) {
      return runner.run(PROMPT, chunk, blocks);
    }
  }

  private static StepRunner open(Kind kind, int threads) {
    return new StepRunner(kind.backend().open(threads, kind.kvType()), model, BLOCKS);
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
