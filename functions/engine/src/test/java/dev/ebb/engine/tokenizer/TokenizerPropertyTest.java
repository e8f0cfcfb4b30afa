package dev.ebb.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every text and every token stream, in all four kinds of vocabulary. */
class TokenizerPropertyTest {
  private static final Map<String, Tokenizer> BUILT = new ConcurrentHashMap<>();

  private static final NaiveBpe NAIVE = new NaiveBpe(LlamaVocabularies.spec("gpt-2"));

  static Tokenizer tokenizer(String name) {
    return BUILT.computeIfAbsent(name, n -> Tokenizers.build(LlamaVocabularies.spec(n)));
  }

  @Provide
  Arbitrary<String> vocabularies() {
    return Arbitraries.of(LlamaVocabularies.NAMES);
  }

  @Provide
  Arbitrary<String> texts() {
    return RandomText.any();
  }

  @Property(tries = 500)
  void decodingGivesTheTextBack(@ForAll("vocabularies") String name, @ForAll("texts") String text) {
    String expected = switch (name) {
      case "qwen2" -> Normalizer.normalize(text, Normalizer.Form.NFC);
      case "llama-spm" -> text.replace('\u2581', ' '); // this character is how the vocabulary writes a space
      default -> text;
    };
    Tokenizer tokenizer = tokenizer(name);
    assertEquals(expected, tokenizer.decode(tokenizer.encode(text, false, false), false));
  }

  /** Also for tokens in any order, which break characters apart and put stray bytes together. */
  @Property(tries = 500)
  void streamedTextIsTheWholeText(
      @ForAll("vocabularies") String name, @ForAll int seed, @ForAll("texts") String text) {
    Tokenizer tokenizer = tokenizer(name);
    int[] ids = tokenizer.encode(text, false, false);
    if (seed % 2 == 0) {
      ids = new java.util.Random(seed).ints(40, 0, tokenizer.vocabularySize()).toArray();
    }
    Tokenizer.StreamDecoder stream = tokenizer.stream(false);
    StringBuilder streamed = new StringBuilder();
    java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(tokenizer.bytes(id, false));
      streamed.append(stream.add(id));
    }
    streamed.append(stream.finish());
    assertEquals(bytes.toString(StandardCharsets.UTF_8), streamed.toString());
  }

  @Property(tries = 300)
  void noStreamedPieceBreaksACharacter(@ForAll("vocabularies") String name, @ForAll("texts") String text) {
    Tokenizer tokenizer = tokenizer(name);
    Tokenizer.StreamDecoder stream = tokenizer.stream(false);
    for (int id : tokenizer.encode(text, false, false)) {
      String piece = stream.add(id);
      assertTrue(piece.indexOf('\ufffd') < 0 || text.indexOf('\ufffd') >= 0, piece);
    }
    assertEquals("", stream.finish());
  }

  /** Text cannot write a control token unless the caller lets it. */
  @Property(tries = 300)
  void untrustedTextGivesNoControlToken(@ForAll("vocabularies") String name, @ForAll int seed) {
    TokenizerSpec spec = LlamaVocabularies.spec(name);
    java.util.Random random = new java.util.Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      text.append(spec.tokens().get(random.nextInt(spec.tokens().size())));
      text.append(spec.tokens().get(spec.eos())).append(spec.tokens().get(spec.bos()));
    }
    for (int id : tokenizer(name).encode(text.toString(), false, false)) {
      assertTrue(spec.types()[id] != TokenizerSpec.CONTROL, () -> "token " + id);
    }
  }

  /** Texts with the words of a long one in short pieces: the two merging methods must agree. */
  @Property(tries = 200)
  void longWordsMergeAsShortOnes(@ForAll int seed) {
    java.util.Random random = new java.util.Random(seed);
    String word = random.ints(5 + random.nextInt(200), 'a', 'a' + 1 + random.nextInt(26))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    int[] fast = tokenizer("gpt-2").encode(word, false, false);
    assertArrayEquals(NAIVE.encode(word), fast);
  }
}
