package dev.ebb.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.request.SamplingParams;
import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.engine.request.TokenLogprobs;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final int DRAWS = 40_000;

  private static SamplingParamsBuilder params() {
    return SamplingParams.builder().maxTokens(100);
  }

  private static MemorySegment row(double... logits) {
    float[] floats = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      floats[i] = (float) logits[i];
    }
    return MemorySegment.ofArray(floats);
  }

  private static double[] logs(double... probabilities) {
    return Arrays.stream(probabilities).map(Math::log).toArray();
  }

  /** Whatever penalty is accepted, a token of the row comes out, in every way of cutting. */
  @ParameterizedTest
  @CsvSource({"1e-40, 0, 1, 0", "1e-40, 0, 0.9, 0", "1e-40, 3, 1, 0", "1e-40, 3, 0.9, 0.1", "1e-40, 0, 1, 0.1",
      "10, 0, 0.9, 0", "10, 2, 1, 0.5"})
  void extremePenaltiesStillChooseAToken(float penalty, int topK, float topP, float minP) {
    SamplingParams params = params().repetitionPenalty(penalty).temperature(0.7f).topK(topK).topP(topP).minP(minP)
        .build();
    Tokens tokens = new Tokens(new int[] {0, 1, 2}, new int[] {3, 1});
    Sampler sampler = new Sampler(5, 5, new int[0]);
    for (MemorySegment row : List.of(row(3, 2, 1, 4, -1), row(-3, -2, -1, -4, -1), row(3e38, 3e38, -3e38, 0, 0))) {
      int token = sampler.sample(row, params, tokens, 0);
      assertTrue(token >= 0 && token < 5, "token " + token);
    }
  }

  @Test
  void anInfiniteLogitIsTheBackendsFault() {
    Sampler sampler = new Sampler(3, 3, new int[0]);
    assertThrows(BackendException.class,
        () -> sampler.sample(row(1, Double.POSITIVE_INFINITY, 0), params().topP(0.5f).build(), prompt(2), 0));
  }

  /** A sequence with a prompt and an answer. */
  private record Tokens(int[] prompt, int[] answer) implements TokenSource {
    @Override
    public int size() {
      return prompt.length + answer.length;
    }

    @Override
    public int token(int index) {
      return index < prompt.length ? prompt[index] : answer[index - prompt.length];
    }

    @Override
    public int promptLength() {
      return prompt.length;
    }
  }

  private static Tokens prompt(int length) {
    return new Tokens(new int[length], new int[0]);
  }

  private static int greedy(MemorySegment row, SamplingParamsBuilder builder, TokenSource tokens) {
    int size = (int) (row.byteSize() / 4);
    return new Sampler(size, size, new int[] {0}).sample(row, builder.temperature(0).build(), tokens, 0);
  }

  /** Frequencies of the tokens over many positions. */
  private static double[] frequencies(MemorySegment row, SamplingParams params) {
    int size = (int) (row.byteSize() / 4);
    Sampler sampler = new Sampler(size, size, new int[0]);
    double[] counts = new double[size];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.sample(row, params, prompt(i), 0)] += 1.0 / DRAWS;
    }
    return counts;
  }

  private static void assertDistribution(double[] expected, double[] actual) {
    double chiSquare = 0;
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] == 0) {
        assertEquals(0, actual[i], "token " + i + " was ruled out");
      } else {
        chiSquare += DRAWS * (actual[i] - expected[i]) * (actual[i] - expected[i]) / expected[i];
      }
    }
    // At most 4 degrees of freedom below: above 18.5 once in a thousand; the seeds are fixed.
    assertTrue(chiSquare < 18.5, "chi-square " + chiSquare + " of " + Arrays.toString(actual));
  }

  @Test
  void greedyTakesTheLowestIdOnTies() {
    assertEquals(1, greedy(row(0, 3, 3, 2), params(), prompt(1)));
    assertEquals(2, greedy(row(-5, -4, -3, -4), params(), prompt(1)));
  }

  @Test
  void paddedLogitsAreNeverChosen() {
    Sampler sampler = new Sampler(4, 3, new int[0]);
    assertEquals(1, sampler.sample(row(0, 1, 0, 9), params().temperature(0).build(), prompt(1), 0));
  }

  @Test
  void noNumberIsAnError() {
    MemorySegment row = row(Double.NaN, Double.NaN);
    assertThrows(BackendException.class, () -> greedy(row, params(), prompt(1)));
  }

  /** More tokens than one stretch of sums, with some ruled out. */
  @Test
  void aLargeVocabularyIsDrawnFromEvenly() {
    int size = 1300;
    double[] logits = new double[size];
    Arrays.fill(logits, 0, 100, Double.NEGATIVE_INFINITY);
    Arrays.fill(logits, size - 100, size, Double.NEGATIVE_INFINITY);
    double[] counts = frequencies(row(logits), params().seed(13).build());
    double chiSquare = 0;
    for (int i = 0; i < size; i++) {
      double expected = i >= 100 && i < size - 100 ? 1.0 / (size - 200) : 0;
      if (expected == 0) {
        assertEquals(0, counts[i]);
      } else {
        chiSquare += DRAWS * (counts[i] - expected) * (counts[i] - expected) / expected;
      }
    }
    // 1099 degrees of freedom: mean 1099, standard deviation 47.
    assertTrue(Math.abs(chiSquare - 1099) < 4 * 47, "chi-square " + chiSquare);
  }

  @Test
  void temperatureScalesTheDistribution() {
    MemorySegment row = row(logs(0.5, 0.3, 0.15, 0.05));
    assertDistribution(new double[] {0.5, 0.3, 0.15, 0.05}, frequencies(row, params().seed(1).build()));
    double sum = 0.25 + 0.09 + 0.0225 + 0.0025;
    assertDistribution(new double[] {0.25 / sum, 0.09 / sum, 0.0225 / sum, 0.0025 / sum},
        frequencies(row, params().temperature(0.5f).seed(2).build()));
  }

  @Test
  void topKKeepsTheBest() {
    MemorySegment row = row(logs(0.1, 0.4, 0.2, 0.3));
    assertDistribution(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, frequencies(row, params().topK(2).seed(3).build()));
    MemorySegment ties = row(1, 1, 1);
    assertDistribution(new double[] {0.5, 0.5, 0}, frequencies(ties, params().topK(2).seed(4).build()));
  }

  @Test
  void topPKeepsTheSmallestSetWithTheMass() {
    MemorySegment row = row(logs(0.1, 0.4, 0.2, 0.3));
    assertDistribution(new double[] {0, 4 / 7.0, 0, 3 / 7.0}, frequencies(row, params().topP(0.6f).seed(5).build()));
    assertDistribution(new double[] {0, 1, 0, 0}, frequencies(row, params().topP(0.01f).seed(6).build()));
  }

  @Test
  void topPIsOfWhatTopKLeft() {
    MemorySegment row = row(logs(0.1, 0.4, 0.2, 0.3));
    // Of 0.4, 0.3 and 0.2, the first has 44 % and the first two 78 %.
    assertDistribution(new double[] {0, 4 / 7.0, 0, 3 / 7.0},
        frequencies(row, params().topK(3).topP(0.7f).seed(7).build()));
  }

  @Test
  void minPIsRelativeToTheBest() {
    MemorySegment row = row(logs(0.1, 0.4, 0.2, 0.3));
    assertDistribution(new double[] {0, 4 / 9.0, 2 / 9.0, 3 / 9.0},
        frequencies(row, params().minP(0.4f).seed(8).build()));
  }

  /** The nucleus of random rows against the definition, by sorting everything. */
  @Test
  void nucleusIsThatOfTheDefinition() {
    Random random = new Random(11);
    for (int round = 0; round < 30; round++) {
      double[] logits = random.doubles(200, -4, 4).toArray();
      float topP = 0.05f + 0.9f * random.nextFloat();
      TreeSet<Integer> expected = nucleus(logits, topP);
      TreeSet<Integer> seen = new TreeSet<>();
      Sampler sampler = new Sampler(logits.length, logits.length, new int[0]);
      SamplingParams params = params().topP(topP).seed(round).build();
      MemorySegment row = row(logits);
      for (int i = 0; i < 3000; i++) {
        seen.add(sampler.sample(row, params, prompt(i), 0));
      }
      assertTrue(expected.containsAll(seen), "outside the nucleus: " + seen + " of " + expected);
    }
  }

  /** Small and large k go different ways to the same set. */
  @Test
  void topKIsTheBestForEveryK() {
    double[] logits = new Random(12).ints(1500, 0, 300).mapToDouble(i -> i / 100.0).toArray();
    Integer[] order = new Integer[logits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(logits[b], logits[a]));
    Sampler sampler = new Sampler(logits.length, logits.length, new int[0]);
    MemorySegment row = row(logits);
    for (int k : new int[] {1, 2, 17, 512, 513, 1000, 1499}) {
      TreeSet<Integer> best = new TreeSet<>(Arrays.asList(order).subList(0, k));
      TreeSet<Integer> seen = new TreeSet<>();
      SamplingParams params = params().topK(k).seed(k).build();
      for (int i = 0; i < 12 * k + 50; i++) {
        seen.add(sampler.sample(row, params, prompt(i), 0));
      }
      assertTrue(best.containsAll(seen), "k " + k);
      assertTrue(seen.size() >= 0.9 * k, "k " + k + " saw " + seen.size());
    }
  }

  private static TreeSet<Integer> nucleus(double[] logits, double topP) {
    double total = Arrays.stream(logits).map(Math::exp).sum();
    Integer[] order = new Integer[logits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(logits[b], logits[a]));
    TreeSet<Integer> set = new TreeSet<>();
    double mass = 0;
    for (int i = 0; i < order.length && mass < topP + 1e-6; i++) {
      set.add(order[i]);
      mass += Math.exp(logits[order[i]]) / total;
    }
    return set;
  }

  @Test
  void biasMovesLogits() {
    assertEquals(2, greedy(row(0, 3, 1, 2), params().logitBias(Map.of(2, 2.5f)), prompt(1)));
    assertEquals(3, greedy(row(0, 3, 1, 2), params().logitBias(Map.of(1, -100f)), prompt(1)));
  }

  @Test
  void minTokensRulesOutEndings() {
    SamplingParamsBuilder builder = params().minTokens(2).stopTokenIds(List.of(1));
    assertEquals(2, greedy(row(9, 8, 7), builder, new Tokens(new int[3], new int[1])));
    assertEquals(0, greedy(row(9, 8, 7), builder, new Tokens(new int[3], new int[2])));
  }

  /** Logits by hand: token 1 in the prompt, token 2 twice in the answer, token 3 in neither. */
  @Test
  void penaltiesByHand() {
    float[] logits = {5, 4, -2, 3};
    SamplingParams params = params().repetitionPenalty(2).frequencyPenalty(0.5f).presencePenalty(0.25f).build();
    new Penalties(4).apply(logits, params, new Tokens(new int[] {1, 1}, new int[] {2, 2}));
    // 4 / 2; -2 * 2 - 2 * 0.5 - 0.25
    assertArrayEquals(new float[] {5, 2, -5.25f, 3}, logits);
  }

  @Test
  void penaltiesForgetBetweenSequences() {
    Penalties penalties = new Penalties(2);
    SamplingParams params = params().presencePenalty(1).build();
    penalties.apply(new float[2], params, new Tokens(new int[0], new int[] {0}));
    float[] logits = {1, 1};
    penalties.apply(logits, params, new Tokens(new int[0], new int[] {1}));
    assertArrayEquals(new float[] {1, 0}, logits);
  }

  @Test
  void aTokenDependsOnSeedChoiceAndPositionAlone() {
    MemorySegment row = row(new Random(5).doubles(500, -3, 3).toArray());
    SamplingParams params = params().seed(99).build();
    Sampler used = new Sampler(500, 500, new int[0]);
    for (int i = 0; i < 50; i++) {
      used.sample(row, params().seed(i).topK(7).build(), prompt(3), 1);
    }
    for (int position = 0; position < 50; position++) {
      assertEquals(new Sampler(500, 500, new int[0]).sample(row, params, prompt(position), 2),
          used.sample(row, params, prompt(position), 2));
    }
  }

  @Test
  void logprobsAreTheModelsOwn() {
    TokenLogprobs logprobs = new Sampler(4, 4, new int[0]).logprobs(row(logs(0.1, 0.4, 0.2, 0.3)), 2, 2);
    assertEquals(Math.log(0.2), logprobs.logprob(), 1e-6);
    assertEquals(3, logprobs.rank());
    assertArrayEquals(new int[] {1, 3}, logprobs.topTokens());
    assertEquals(Math.log(0.4), logprobs.topLogprobs()[0], 1e-6);
    assertEquals(Math.log(0.3), logprobs.topLogprobs()[1], 1e-6);
  }

  @Test
  void rankAndAlternativesBreakTiesById() {
    TokenLogprobs logprobs = new Sampler(4, 4, new int[0]).logprobs(row(1, 2, 2, 2), 2, 3);
    assertEquals(2, logprobs.rank());
    assertArrayEquals(new int[] {1, 2, 3}, logprobs.topTokens());
  }

  @Test
  void exponentialIsThatOfJava() {
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      double x = -random.nextDouble() * 100;
      assertEquals(1, Exponential.of(x) / StrictMath.exp(x), 1e-11, "at " + x);
    }
    assertEquals(1, Exponential.of(0));
    assertEquals(0, Exponential.of(Double.NEGATIVE_INFINITY));
  }
}
