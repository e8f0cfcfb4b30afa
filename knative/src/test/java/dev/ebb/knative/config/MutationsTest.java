package dev.ebb.knative.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** YamlFiles that are wrong in one place each: refused, with the path, the place and the mend. */
class MutationsTest {
  record Mutation(String what, String found, String put, String path, String says) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Mutation> mutations() {
    return Stream.concat(mutations("mutations.txt"), mutations("mutations-between.txt"));
  }

  static Stream<Mutation> mutations(String file) {
    return YamlFiles.lines(file).filter(line -> !line.startsWith("#")).map(MutationsTest::mutation);
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void isRefusedByName(Mutation mutation) {
    String full = YamlFiles.text("full.yaml");
    int at = full.indexOf(mutation.found());
    assertTrue(at >= 0 && full.indexOf(mutation.found(), at + 1) < 0, "found once: " + mutation.found());
    String broken = full.replace(mutation.found(), mutation.put());
    EbbYamlException refusal = assertThrows(EbbYamlException.class, () -> EbbYaml.parse("ebb.yaml", broken));
    List<Problem> named =
        refusal.problems().stream().filter(problem -> problem.path().equals(mutation.path())).toList();
    assertEquals(1, named.size(), refusal.getMessage());
    Problem problem = named.getFirst();
    assertTrue(problem.toString().contains(mutation.says()), problem.toString());
    assertTrue(!refusal.getMessage().contains("c2VjcmV0"), "a secret is told: " + refusal.getMessage());
    assertTrue(!problem.mend().isBlank() && !problem.mend().contains("null"), problem.toString());
    assertTrue(refusal.getMessage().contains("ebb.yaml:" + problem.line() + ":" + problem.column() + ": "
        + mutation.path() + " "), refusal.getMessage());
    assertIsAt(problem, broken);
  }

  @Test
  void areMany() {
    assertTrue(mutations().count() >= 30);
  }

  /** In its line stands the key itself, or, where it is missing, something above it. */
  private static void assertIsAt(Problem problem, String text) {
    String rest = text.lines().toList().get(problem.line() - 1).substring(problem.column() - 1);
    boolean named = Stream.of(problem.path().split("\\.|\\[\\d+]")).anyMatch(word -> !word.isEmpty()
        && rest.startsWith(word));
    boolean item = problem.path().contains("[")
        && text.lines().toList().get(problem.line() - 1).substring(0, problem.column() - 1).strip().startsWith("-");
    assertTrue(named || item || problem.what().equals("is missing"), problem + " is not at: " + rest);
  }

  private static Mutation mutation(String line) {
    String[] cells = line.split(" \\| ");
    assertEquals(5, cells.length, line);
    return new Mutation(cells[0].strip(), cell(cells[1]), cell(cells[2]), cell(cells[3]), cell(cells[4]));
  }

  private static String cell(String text) {
    String bare = text.strip();
    String own = bare.startsWith("<") && bare.endsWith(">") ? bare.substring(1, bare.length() - 1) : bare;
    return own.replace("\\n", "\n");
  }
}
