package dev.ebb.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every test vector that llama.cpp publishes for the kinds of vocabulary that Ebb reads. */
class LlamaVectorsTest {

  @TestFactory
  Stream<DynamicTest> textsGiveTheIdsThatLlamaCppGives() {
    return LlamaVocabularies.NAMES.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  private static void check(String name) {
    Tokenizer tokenizer = Tokenizers.build(LlamaVocabularies.spec(name));
    List<LlamaVocabularies.Case> cases = LlamaVocabularies.cases(name);
    assertEquals(46, cases.size(), "cases");
    for (LlamaVocabularies.Case each : cases) {
      int[] ids = tokenizer.encode(each.text(), false, false);
      String joined = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
      assertEquals(each.ids(), joined, () -> name + ": " + each.text());
      assertEquals(each.text(), tokenizer.decode(ids, false), name);
    }
  }
}
