package dev.ebb.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.model.RealModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random Unicode gives the same ids as the Hugging Face tokenizers library, which is what the models
 * were trained with, given the same vocabulary.
 */
class HuggingFaceOracleTest {
  private static final Map<String, Pair> PAIRS = new ConcurrentHashMap<>();

  private record Pair(Tokenizer ours, HuggingFaceTokenizer oracle) {}

  @Provide
  Arbitrary<String> vocabularies() {
    return Arbitraries.of("smollm2", "gpt-2", "llama-bpe", "qwen2", "llama-spm", "llama-spm-merges");
  }

  @Provide
  Arbitrary<String> texts() {
    return RandomText.any();
  }

  @Property(tries = 3000)
  void idsAreEqual(@ForAll("vocabularies") String name, @ForAll("texts") String text) {
    Pair pair = PAIRS.computeIfAbsent(name, HuggingFaceOracleTest::build);
    long[] expected = pair.oracle.encode(text, false, false).getIds();
    long[] ids = Arrays.stream(pair.ours.encode(text, false, true)).asLongStream().toArray();
    assertArrayEquals(expected, ids, () -> name + ": " + text.codePoints().mapToObj(Integer::toHexString).toList());
  }

  private static Pair build(String name) {
    TokenizerSpec spec = switch (name) {
      case "smollm2" -> smolLm2();
      case "llama-spm-merges" -> HuggingFaceJson.withMerges(LlamaVocabularies.spec("llama-spm"));
      default -> LlamaVocabularies.spec(name);
    };
    System.setProperty("DJL_CACHE_DIR", Path.of("target/djl").toAbsolutePath().toString());
    System.setProperty("ai.djl.offline", "true");
    try {
      Path folder = Files.createDirectories(Path.of("target/oracle"));
      Path json = Files.writeString(folder.resolve(name + ".json"), HuggingFaceJson.of(spec));
      return new Pair(Tokenizers.build(spec), HuggingFaceTokenizer.newInstance(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TokenizerSpec smolLm2() {
    try (ModelFile model = Models.open(RealModel.path())) {
      return model.tokenizer();
    }
  }
}
