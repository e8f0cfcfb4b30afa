package dev.ebb.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every storage type by the number, block size and block bytes that ggml's own headers give it. */
class GgufTypesTest {
  private static final int HIDDEN = 256;
  private static final int KV = 128;
  private static final int FFN = 512;

  @TempDir Path folder;

  private final Random random = new Random(19);

  @ParameterizedTest
  @CsvSource({
    "F32, 0, 1, 4", "F16, 1, 1, 2", "BF16, 30, 1, 2",
    "Q4_0, 2, 32, 18", "Q4_1, 3, 32, 20", "Q5_0, 6, 32, 22", "Q5_1, 7, 32, 24", "Q8_0, 8, 32, 34",
    "Q4_K, 12, 256, 144", "Q5_K, 13, 256, 176", "Q6_K, 14, 256, 210"})
  void opensWithItsShapesAndBytes(TensorType type, int code, int elements, int bytes) {
    byte[] down = random(HIDDEN * FFN / elements * bytes);
    GgufWriter writer = writer(code, elements, bytes).without("blk.1.ffn_down.weight")
        .tensor("blk.1.ffn_down.weight", code, down, -1, FFN, HIDDEN);
    try (ModelFile model = Models.open(TinyModel.write(folder, writer.bytes()))) {
      assertEquals(2 + 9 * TinyModel.LAYERS, model.tensors().size());
      check(find(model, TensorRole.TOKEN_EMBEDDING, -1), type, TinyModel.VOCABULARY, HIDDEN, elements, bytes);
      check(find(model, TensorRole.K, 0), type, KV, HIDDEN, elements, bytes);
      check(find(model, TensorRole.FFN_GATE, 1), type, FFN, HIDDEN, elements, bytes);
      Tensor last = find(model, TensorRole.FFN_DOWN, 1);
      check(last, type, HIDDEN, FFN, elements, bytes);
      assertArrayEquals(down, last.data().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void typesMayDifferBetweenTensors() {
    GgufWriter writer = writer(12, 256, 144).without("blk.0.attn_v.weight");
    writer.tensor("blk.0.attn_v.weight", 14, new byte[KV * 210], -1, HIDDEN, KV);
    try (ModelFile model = Models.open(TinyModel.write(folder, writer.bytes()))) {
      check(find(model, TensorRole.V, 0), TensorType.Q6_K, KV, HIDDEN, 256, 210);
      check(find(model, TensorRole.V, 1), TensorType.Q4_K, KV, HIDDEN, 256, 144);
      check(find(model, TensorRole.FFN_NORM, 1), TensorType.F32, 1, HIDDEN, 1, 4);
    }
  }

  private static void check(Tensor tensor, TensorType type, int rows, int cols, int elements, int bytes) {
    assertEquals(type, tensor.type(), tensor.name());
    assertEquals(rows, tensor.rows(), tensor.name());
    assertEquals(cols, tensor.cols(), tensor.name());
    assertEquals((long) rows * cols / elements * bytes, tensor.data().byteSize(), tensor.name());
  }

  private static Tensor find(ModelFile model, TensorRole role, int layer) {
    return model.tensors().stream().filter(t -> t.role() == role && t.layer() == layer).findFirst().orElseThrow();
  }

  /** The tiny model, widened to rows of whole blocks of any type; matrices of that type, norms F32. */
  private GgufWriter writer(int code, int elements, int bytes) {
    GgufWriter writer = TinyModel.writer("llama", 0).without("token_embd.weight").without("output_norm.weight");
    writer.put("llama.block_count", (long) TinyModel.LAYERS);
    writer.put("llama.embedding_length", (long) HIDDEN).put("llama.feed_forward_length", (long) FFN);
    writer.tensor("token_embd.weight", code, random(TinyModel.VOCABULARY * HIDDEN / elements * bytes), -1,
        HIDDEN, TinyModel.VOCABULARY);
    writer.tensor("output_norm.weight", TensorType.F32, new byte[HIDDEN * 4], HIDDEN);
    Object[] matrices = {
      "attn_q", HIDDEN, HIDDEN, "attn_k", HIDDEN, KV, "attn_v", HIDDEN, KV, "attn_output", HIDDEN, HIDDEN,
      "ffn_gate", HIDDEN, FFN, "ffn_up", HIDDEN, FFN, "ffn_down", FFN, HIDDEN};
    for (int layer = 0; layer < TinyModel.LAYERS; layer++) {
      String prefix = "blk." + layer + ".";
      writer.tensor(prefix + "attn_norm.weight", TensorType.F32, new byte[HIDDEN * 4], HIDDEN);
      writer.tensor(prefix + "ffn_norm.weight", TensorType.F32, new byte[HIDDEN * 4], HIDDEN);
      for (int i = 0; i < matrices.length; i += 3) {
        int cols = (int) matrices[i + 1];
        int rows = (int) matrices[i + 2];
        writer.tensor(prefix + matrices[i] + ".weight", code, random(rows * cols / elements * bytes), -1, cols, rows);
      }
    }
    return writer;
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
