package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendProvider;
import dev.ebb.engine.model.ModelFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real model, fed another engine's greedy answers: wherever that engine's best token led clearly,
 * it is ours too. Where it led by less, rounding alone may turn the order.
 */
class GoldenContinuationTest {
  private static final double CLEAR_LEAD = 0.3;
  private static final int BLOCKS = 8;

  private static ModelFile model;

  record Answer(int[] prompt, int[] ids, double[] leads) {}

  @BeforeAll
  static void openModel() {
    model = RealModel.open();
  }

  @AfterAll
  static void closeModel() {
    if (model != null) {
      model.close();
    }
  }

  static Stream<String> backends() {
    return Backends.available().stream().map(BackendProvider::name);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void theBestTokenIsTheSameWhereverItLeadsClearly(String backend) {
    int compared = 0;
    try (StepRunner runner = new StepRunner(Backends.named(backend).open(2), model, BLOCKS)) {
      for (Answer answer : answers()) {
        compared += compare(runner, answer);
      }
    }
    assertTrue(compared > 200, "only " + compared + " positions were compared");
  }

  private static int compare(StepRunner runner, Answer answer) {
    int[] fed = IntStream.concat(IntStream.of(answer.prompt()), IntStream.of(answer.ids())).toArray();
    List<float[]> logits =
        runner.run(fed, fed.length, IntStream.range(0, BLOCKS).toArray());
    int compared = 0;
    for (int i = 0; i < answer.leads().length; i++) {
      if (answer.leads()[i] > CLEAR_LEAD) {
        float[] row = logits.get(answer.prompt().length - 1 + i);
        assertEquals(answer.ids()[i], best(row), "answer token " + i);
        compared++;
      }
    }
    return compared;
  }

  private static int best(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .orElseThrow();
  }

  private static List<Answer> answers() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                GoldenContinuationTest.class.getResourceAsStream("/golden/greedy.txt"),
                StandardCharsets.US_ASCII))) {
      List<String> lines = reader.lines().filter(line -> !line.startsWith("#")).toList();
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < lines.size(); i += 3) {
        answers.add(
            new Answer(
                ints(lines.get(i)),
                ints(lines.get(i + 1)),
                Stream.of(lines.get(i + 2).split(" ")).mapToDouble(Double::parseDouble).toArray()));
      }
      return answers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] ints(String line) {
    return Stream.of(line.split(" ")).mapToInt(Integer::parseInt).toArray();
  }
}
