package dev.ebb.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.Tokenizers;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufReaderTest {
  @TempDir Path folder;

  private ModelFile open(GgufWriter writer) {
    return Models.open(TinyModel.write(folder, writer.bytes()));
  }

  @Test
  void realModelIsAsItsAuthorsDescribeIt() {
    try (ModelFile model = Models.open(RealModel.path())) {
      ModelConfig config = model.config();
      assertEquals("llama", config.architecture());
      assertEquals(30, config.layers());
      assertEquals(576, config.hidden());
      assertEquals(9, config.heads());
      assertEquals(3, config.kvHeads());
      assertEquals(64, config.headDim());
      assertEquals(1536, config.ffn());
      assertEquals(49152, config.vocabulary());
      assertEquals(8192, config.contextLength());
      assertEquals(1e-5f, config.rmsEpsilon());
      assertEquals(0, config.slidingWindow());
      assertEquals(RopeConfig.Pairing.INTERLEAVED, config.rope().pairing());
      assertEquals((float) Math.pow(100000, -62 / 64.0), config.rope().inverseFrequency()[31]);
      var types = model.tensors().stream().collect(Collectors.groupingBy(Tensor::type, Collectors.counting()));
      assertEquals(java.util.Map.of(TensorType.Q4_1, 210L, TensorType.F32, 61L, TensorType.Q8_0, 1L), types);
      assertTrue(model.tensors().stream().noneMatch(t -> t.role() == TensorRole.OUTPUT), "the output is tied");
      assertTrue(model.chatTemplate().orElseThrow().startsWith("{% for message in messages %}"));
    }
  }

  @Test
  void everyArchitectureOpensByItsConfiguration() {
    for (String architecture : List.of("llama", "qwen2", "qwen3")) {
      try (ModelFile model = open(TinyModel.writer(architecture))) {
        assertEquals(architecture, model.config().architecture());
        assertEquals(4, model.config().headDim());
        assertEquals(
            architecture.equals("llama") ? RopeConfig.Pairing.INTERLEAVED : RopeConfig.Pairing.HALVES,
            model.config().rope().pairing());
        Tokenizer tokenizer = Tokenizers.build(model.tokenizer());
        assertArrayEquals(new int[] {259, 'l' - '!' + 33, 'o' - '!' + 33}, tokenizer.encode("hello", false, false));
      }
    }
  }

  @Test
  void slidingWindowIsRead() {
    for (String architecture : List.of("llama", "qwen2", "qwen3")) {
      GgufWriter writer = TinyModel.writer(architecture);
      try (ModelFile all = open(writer);
          ModelFile some = open(writer.put(architecture + ".attention.sliding_window", 24L))) {
        assertEquals(0, all.config().slidingWindow());
        assertEquals(24, some.config().slidingWindow());
      }
    }
  }

  @Test
  void tensorsAreViewsOfTheFile() {
    byte[] bytes = TinyModel.writer("llama").bytes();
    try (ModelFile model = Models.open(TinyModel.write(folder, bytes))) {
      Tensor down = model.tensors().stream()
          .filter(t -> t.role() == TensorRole.FFN_DOWN && t.layer() == 1).findFirst().orElseThrow();
      assertEquals(TinyModel.HIDDEN, down.rows());
      assertEquals(TinyModel.FFN, down.cols());
      assertEquals(TinyModel.HIDDEN * TinyModel.FFN * 4, down.data().byteSize());
      float[] values = down.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
      assertTrue(values[0] != 0 && Math.abs(values[0]) < 4, "a random weight");
    }
  }

  @Test
  void everyMetadataTypeIsRead() {
    GgufWriter writer = TinyModel.writer("llama");
    writer.put("u8", (byte) -1).put("i8", new GgufWriter.Raw(1, new byte[] {-1}));
    writer.put("u16", new GgufWriter.Raw(2, new byte[] {-1, -1})).put("i16", (short) -2);
    writer.put("u32", 0xffffffffL).put("i32", -3).put("f32", 0.5f).put("flag", true).put("text", "h\u00e9");
    writer.put("u64", new GgufWriter.Raw(10, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}));
    writer.put("i64", new GgufWriter.Raw(11, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1})).put("f64", 0.25);
    writer.put("nested", List.of(List.of(1, 2), List.of(3))).put("flags", List.of(true, false)).put("none", List.of());
    try (ModelFile model = open(writer)) {
      var metadata = model.metadata();
      assertEquals(255, metadata.get("u8"));
      assertEquals(-1, metadata.get("i8"));
      assertEquals(65535, metadata.get("u16"));
      assertEquals(-2, metadata.get("i16"));
      assertEquals(4294967295L, metadata.get("u32"));
      assertEquals(-3, metadata.get("i32"));
      assertEquals(new BigInteger("18446744073709551615"), metadata.get("u64"));
      assertEquals(-1L, metadata.get("i64"));
      assertEquals(0.25, metadata.get("f64"));
      assertEquals("h\u00e9", metadata.get("text"));
      assertArrayEquals(new Object[] {new int[] {1, 2}, new int[] {3}}, (Object[]) metadata.get("nested"));
      assertArrayEquals(new boolean[] {true, false}, (boolean[]) metadata.get("flags"));
    }
  }

  @Test
  void versionTwoAndOtherAlignmentsOpen() {
    try (ModelFile model = open(TinyModel.writer("llama").version(2).alignment(64))) {
      assertEquals(2 + 9 * TinyModel.LAYERS, model.tensors().size());
    }
  }

  @Test
  void fingerprintFollowsHeaderAndData() {
    byte[] bytes = TinyModel.writer("llama").bytes();
    String one = fingerprint(bytes);
    assertEquals(one, fingerprint(bytes));
    assertEquals(64, one.length());
    byte[] otherData = bytes.clone();
    otherData[bytes.length - 20] ^= 1;
    assertNotEquals(one, fingerprint(otherData));
    assertNotEquals(one, fingerprint(TinyModel.writer("llama").put("general.name", "tinz").bytes()));
  }

  /** More tensors than one could sample by a stride without leaving roles out. */
  @Test
  void fingerprintFollowsEveryTensor() {
    byte[] bytes = TinyModel.writer("qwen3", 8).tensor("rope_freqs.weight", TensorType.F32, ropeDivisors(), 2).bytes();
    GgufHeader header = GgufHeader.read("whole", ByteBuffer.wrap(bytes));
    assertEquals(2 + 8 * 11 + 1, header.tensors().size());
    Set<String> seen = new HashSet<>(Set.of(fingerprint(bytes)));
    for (GgufTensorInfo tensor : header.tensors()) {
      byte[] changed = bytes.clone();
      changed[Math.toIntExact(header.dataStart() + tensor.offset())] ^= 1;
      assertTrue(seen.add(fingerprint(changed)), tensor.name());
    }
  }

  private static byte[] ropeDivisors() {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(1).putFloat(8).array();
  }

  private String fingerprint(byte[] bytes) {
    try (ModelFile model = Models.open(TinyModel.write(folder, bytes))) {
      return model.fingerprint();
    }
  }
}
