package dev.ebb.engine.model;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.tokenizer.TokenizerSpec;
import dev.ebb.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a file can lie, and what the error says. */
class GgufRefusalTest {
  private static final String[] DATA = {"token_embd.weight", "blk.1.attn_k.weight", "output_norm.weight"};

  @TempDir Path folder;

  private static GgufWriter llama() {
    return TinyModel.writer("llama");
  }

  private static byte[] zeros(int floats) {
    return new byte[floats * 4];
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        Arguments.of("version at offset 4", llama().version(1)),
        Arguments.of("big-endian", llama().version(Integer.reverseBytes(3))),
        Arguments.of("general.alignment at offset", llama().put("general.alignment", 48L)),
        Arguments.of("architecture 'mamba' is not supported", llama().put("general.architecture", "mamba")),
        Arguments.of("general.architecture is missing", llama().put("general.architecture", null)),
        Arguments.of("llama.block_count is missing", llama().put("llama.block_count", null)),
        Arguments.of("llama.block_count at offset", llama().put("llama.block_count", 100_000L)),
        Arguments.of("llama.block_count at offset", llama().put("llama.block_count", "two")),
        Arguments.of("tensor ATTENTION_NORM of layer 2 is missing", llama().put("llama.block_count", 3L)),
        Arguments.of("layer 1 of a model of 1 layers", llama().put("llama.block_count", 1L)),
        Arguments.of("does not divide 3 heads", llama().put("llama.attention.head_count", 3L)
            .put("llama.attention.head_count_kv", 2L)),
        Arguments.of("differs between layers", llama().put("llama.attention.head_count_kv", List.of(1, 2))),
        Arguments.of("llama.expert_count at offset", llama().put("llama.expert_count", 8L)),
        Arguments.of("RoPE scaling 'longrope'", llama().put("llama.rope.scaling.type", "longrope")),
        Arguments.of("rope.freq_base at offset", llama().put("llama.rope.freq_base", Float.NaN)),
        Arguments.of("rope.dimension_count at offset", llama().put("llama.rope.dimension_count", 3L)),
        Arguments.of("llama.vocab_size at offset", llama().put("llama.vocab_size", 261L)),
        Arguments.of("split.count", llama().put("split.count", 4)),
        Arguments.of("tensor token_embd.weight: shape 260 x 8", llama().put("llama.embedding_length", 16L)),
        Arguments.of("tensor TOKEN_EMBEDDING is missing", llama().without(DATA[0])),
        Arguments.of("tensor K of layer 1 is missing", llama().without(DATA[1])),
        Arguments.of("occurs twice", llama().tensor(DATA[2], TensorType.F32, zeros(8), 8)),
        Arguments.of("type at offset", llama().without(DATA[2]).tensor(DATA[2], 99, zeros(8), -1, 8)),
        Arguments.of("is not aligned to 32", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(8), 20_001, 8)),
        Arguments.of("overlap those of token_embd", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(8), 32, 8)),
        Arguments.of("end beyond the file", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(8), 1 << 20, 8)),
        Arguments.of("dimension 0 at offset", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(8), -1, 1L << 40)),
        Arguments.of("dimensions at offset", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(8), -1, 8, 1, 1, 1, 1)),
        Arguments.of("overflows", llama().tensor("x", 0, zeros(8), -1, 1L << 30, 1L << 30, 1L << 30)),
        Arguments.of("whole Q4_0 blocks", llama().without(DATA[2]).tensor(DATA[2], 2, zeros(8), -1, 8)),
        Arguments.of("more than two dimensions", llama().without(DATA[2]).tensor(DATA[2], 0, zeros(16), -1, 8, 1, 2)),
        Arguments.of("blk.0.ssm_in.weight", llama().tensor("blk.0.ssm_in.weight", TensorType.F32, zeros(8), 8)),
        Arguments.of("has no layer number", llama().tensor("blk.x.attn_q.weight", TensorType.F32, zeros(8), 8)),
        Arguments.of("layer 0 has", llama().tensor("blk.1.attn_output.bias", TensorType.F32, zeros(8), 8)),
        Arguments.of("Q_BIAS", TinyModel.writer("qwen2").without("blk.1.attn_q.bias")),
        Arguments.of("Q_NORM", TinyModel.writer("qwen3").without("blk.0.attn_q_norm.weight")),
        Arguments.of("rope_freqs.weight has 3 values, not 2",
            llama().tensor("rope_freqs.weight", TensorType.F32, "????????????".getBytes(UTF_8), 3)),
        Arguments.of("contains 0.0", llama().tensor("rope_freqs.weight", TensorType.F32, zeros(2), 2)));
  }

  static Stream<Arguments> tokenizerLies() {
    return Stream.of(
        Arguments.of("model at offset \\d+: tokenizer 'bert'", llama().put("tokenizer.ggml.model", "bert")),
        Arguments.of("pre at offset \\d+: pre-tokenizer 'tekken'", llama().put("tokenizer.ggml.pre", "tekken")),
        Arguments.of("pre is missing", llama().put("tokenizer.ggml.pre", null)),
        Arguments.of("eos_token_id at offset \\d+: 260 is not", llama().put("tokenizer.ggml.eos_token_id", 260L)),
        Arguments.of("token_type at offset \\d+: 2 entries for 260 tokens",
            llama().put("tokenizer.ggml.token_type", List.of(1, 1))),
        Arguments.of("token_type at offset \\d+: entry 0 is 9, which is no token type",
            llama().put("tokenizer.ggml.token_type", Collections.nCopies(TinyModel.VOCABULARY, 9))),
        Arguments.of("token_type at offset \\d+: is of type", llama().put("tokenizer.ggml.token_type", List.of("1"))),
        Arguments.of("merges at offset \\d+: is of type", llama().put("tokenizer.ggml.merges", List.of(1))),
        Arguments.of("tokens at offset \\d+: entry 7: byte token '\u0107' is not written <0xNN>",
            pieces().put("tokenizer.ggml.token_type", byteToken(7))),
        Arguments.of("scores at offset \\d+: 1 entries for 260", pieces().put("tokenizer.ggml.scores", List.of(1f))),
        Arguments.of("scores at offset \\d+: entry 0 is no number",
            pieces().put("tokenizer.ggml.scores", Collections.nCopies(TinyModel.VOCABULARY, Float.NaN))));
  }

  /** A model whose vocabulary is of SentencePiece's kind. */
  private static GgufWriter pieces() {
    return llama().put("tokenizer.ggml.model", "llama")
        .put("tokenizer.ggml.scores", Collections.nCopies(TinyModel.VOCABULARY, 0f));
  }

  private static List<Integer> byteToken(int id) {
    List<Integer> types = new ArrayList<>(Collections.nCopies(TinyModel.VOCABULARY, (int) TokenizerSpec.NORMAL));
    types.set(id, (int) TokenizerSpec.BYTE);
    return types;
  }

  /** Merges are gone through once, when their table is built; the error is the same as from opening. */
  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', value = {
    "hel,'hel' is not two tokens", "\" h\",' h' is not two tokens", "\"h \",'h ' is not two tokens",
    "q q,'qq' is not in the vocabulary", "qq l,'qq' is not in the vocabulary", "he zz,'zz' is not in the vocabulary"})
  void mergesAreRefusedWithFieldAndOffset(String merge, String expected) {
    GgufWriter writer = llama().put("tokenizer.ggml.merges", List.of("h e", merge));
    try (ModelFile model = Models.open(TinyModel.write(folder, writer.bytes()))) {
      ModelFormatException e = assertThrows(ModelFormatException.class, () -> Tokenizers.build(model.tokenizer()));
      assertTrue(e.getMessage().matches(model.path().getFileName()
          + ": metadata key tokenizer\\.ggml\\.merges at offset \\d+: entry 1: " + expected), e.getMessage());
    }
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("lies")
  void isRefused(String expected, GgufWriter writer) {
    Path file = TinyModel.write(folder, writer.bytes());
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(file));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
    assertTrue(e.getMessage().startsWith(file.getFileName() + ": "), e.getMessage());
  }

  @ParameterizedTest(name = "{0} #{index}")
  @MethodSource("tokenizerLies")
  void tokenizerIsRefused(String expected, GgufWriter writer) {
    Path file = TinyModel.write(folder, writer.bytes());
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(file));
    assertTrue(e.getMessage().matches(file.getFileName() + ": metadata key tokenizer\\.ggml\\." + expected + ".*"),
        e.getMessage());
  }

  @Test
  void duplicateKeysAreRefused() {
    byte[] bytes = llama().put("tiny.key1", 1L).put("tiny.key2", 2L).bytes();
    String text = new String(bytes, ISO_8859_1);
    bytes[text.indexOf("tiny.key2") + 8] = '1';
    assertRefused(bytes, "metadata key tiny.key1 at offset");
  }

  @Test
  void bytesAfterTheLastTensorAreRefused() {
    byte[] bytes = llama().bytes();
    assertRefused(Arrays.copyOf(bytes, bytes.length + 1), "1 bytes follow the last tensor");
  }

  @Test
  void absurdLengthsAreRefusedBeforeAnythingIsAllocated() {
    byte[] tensors = llama().bytes();
    Arrays.fill(tensors, 8, 14, (byte) 0xff);
    assertRefused(tensors, "tensor count at offset 8");
    byte[] entries = llama().bytes();
    Arrays.fill(entries, 16, 20, (byte) 0x7f);
    assertRefused(entries, "metadata count at offset 16");
    byte[] key = llama().bytes();
    Arrays.fill(key, 24, 32, (byte) 0xff);
    assertRefused(key, "metadata key 0 length at offset 24");
  }

  @Test
  void deepNestingIsRefused() {
    Object nest = List.of(1);
    for (int i = 0; i < 20; i++) {
      nest = List.of(nest);
    }
    assertRefused(llama().put("nest", nest).bytes(), "nested deeper");
  }

  @Test
  void otherFilesAreRefusedByName() {
    assertRefused("PK not a model at all".getBytes(UTF_8), "magic at offset 0");
    ModelFormatException e =
        assertThrows(ModelFormatException.class, () -> Models.open(folder.resolve("absent.gguf")));
    assertTrue(e.getMessage().contains("no such file"), e.getMessage());
  }

  private void assertRefused(byte[] bytes, String expected) {
    Path file = TinyModel.write(folder, bytes);
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(file));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }
}
