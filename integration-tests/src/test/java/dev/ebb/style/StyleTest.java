package dev.ebb.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Budgets of the source tree; why each holds is told in CONTRIBUTING.md. */
class StyleTest {
  private static final int LINE_COLUMNS_MAX = 120;
  private static final int FILE_LINES_MEDIAN = 100;
  private static final int FILE_LINES_MAX = 350;
  private static final int FUNCTION_LINES_MEDIAN = 8;
  private static final int FUNCTION_LINES_P95 = 40;
  private static final int FUNCTION_LINES_MAX = 70;
  private static final int PUBLIC_TYPES_MAX = 12;

  /** Words that say nothing of what a type does, as whole words of a name in camel case. */
  private static final Pattern EMPTY_NAME = Pattern.compile("(Manager|Helper|Utils?|Utility)(?![a-z])");

  // Spelled apart, so that this file does not find itself.
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  private static final JavaCode MAIN = JavaCode.of(Sources.javaMain());
  private static final JavaCode ALL = JavaCode.of(Sources.endingWith(".java"));

  @Test
  void filesAreShort() {
    int[] lengths = Sources.javaMain().stream().mapToInt(file -> Sources.lines(file).size()).sorted().toArray();
    assertTrue(median(lengths) <= FILE_LINES_MEDIAN, "median of " + lengths.length + " files: " + median(lengths));
    List<String> tooLong = Sources.endingWith(".java", ".cpp", ".h", ".cu", ".cuh").stream()
        .filter(file -> Sources.lines(file).size() > FILE_LINES_MAX)
        .map(file -> Sources.name(file) + " " + Sources.lines(file).size())
        .toList();
    assertNone(tooLong, "files over " + FILE_LINES_MAX + " lines");
  }

  @Test
  void functionsAreShort() {
    int[] lengths = MAIN.functions().stream().mapToInt(JavaCode.Function::lines).sorted().toArray();
    assertTrue(lengths.length > 100, "the parser saw the functions");
    assertTrue(median(lengths) <= FUNCTION_LINES_MEDIAN, "median: " + median(lengths));
    int p95 = lengths[(int) (0.95 * (lengths.length - 1))];
    assertTrue(p95 <= FUNCTION_LINES_P95, "95th percentile: " + p95);
    assertNone(ALL.functions().stream().filter(function -> function.lines() > FUNCTION_LINES_MAX)
        .map(JavaCode.Function::toString).toList(), "functions over " + FUNCTION_LINES_MAX + " lines");
  }

  @Test
  void linesFitAScreen() {
    assertNone(linesWhere((file, line) -> line.length() > LINE_COLUMNS_MAX, ".java", ".cpp", ".h", ".cu", ".cuh", ".py",
        ".sh"), "lines over " + LINE_COLUMNS_MAX + " columns");
  }

  @Test
  void packagesAreNarrowAndTellWhatTheyHold() {
    Map<String, Integer> publicTypes = new TreeMap<>();
    MAIN.types().stream().filter(JavaCode.Type::publicTopLevel)
        .forEach(type -> publicTypes.merge(type.packageName(), 1, Integer::sum));
    publicTypes.values().removeIf(count -> count <= PUBLIC_TYPES_MAX);
    assertEquals(Map.of(), publicTypes, "packages with more than " + PUBLIC_TYPES_MAX + " public types");

    List<String> silent = Sources.endingWith(".java").stream().map(Path::getParent).distinct()
        .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
        .filter(folder -> !Files.exists(mainTwin(folder).resolve("package-info.java")))
        .map(Sources::name)
        .toList();
    assertNone(silent, "packages without package-info.java");
  }

  @Test
  void namesSayWhatATypeDoes() {
    assertNone(ALL.types().stream().filter(type -> EMPTY_NAME.matcher(type.name()).find())
        .map(JavaCode.Type::toString).toList(), "types named Manager, Helper or Util");
  }

  @Test
  void nothingIsLeftForLater() {
    assertNone(linesWhere((file, line) -> UNFINISHED.matcher(line).find(), ".java", ".cpp", ".h", ".cu", ".cuh", ".py",
        ".sh", ".xml", ".cmake", "CMakeLists.txt"), "notes of unfinished work");
    assertNone(linesWhere((file, line) -> line.strip().startsWith("@Disabled"), ".java"), "tests switched off");
  }

  /** A header begins by telling what it declares; a source file does too, or includes the header that tells it. */
  @Test
  void everyNativeFileSaysWhatItIs() {
    List<Path> files = Sources.endingWith(".cpp", ".h", ".cu", ".cuh");
    assertTrue(files.size() > 5, "the native sources were found");
    assertNone(files.stream().filter(file -> !saysWhatItIs(file)).map(Sources::name).toList(),
        "C++ files without a header comment");
  }

  private static boolean saysWhatItIs(Path file) {
    for (String line : Sources.lines(file)) {
      boolean ownHeader = !file.toString().endsWith("h") && line.startsWith("#include \"");
      if (ownHeader || line.startsWith("//") || line.startsWith("/*")) {
        return true;
      }
      if (!line.isBlank() && !line.startsWith("#")) {
        return false;
      }
    }
    return false;
  }

  /** Tests share the packages of what they test, and need not tell again what those hold. */
  private static Path mainTwin(Path folder) {
    return Path.of(folder.toString().replaceFirst("/src/(test|testing)/java/", "/src/main/java/"));
  }

  private static List<String> linesWhere(BiPredicate<Path, String> offends, String... endings) {
    List<String> found = new ArrayList<>();
    for (Path file : Sources.endingWith(endings)) {
      List<String> lines = Sources.lines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (offends.test(file, lines.get(i))) {
          found.add(Sources.name(file) + ":" + (i + 1));
        }
      }
    }
    return found;
  }

  private static int median(int[] sorted) {
    return sorted[sorted.length / 2];
  }

  private static void assertNone(List<String> found, String what) {
    assertEquals("", String.join("\n", found), () -> what + ": " + Arrays.toString(found.toArray()));
  }
}
