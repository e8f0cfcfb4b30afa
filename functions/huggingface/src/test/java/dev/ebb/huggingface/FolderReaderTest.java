package dev.ebb.huggingface;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.model.RopeConfig;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorRole;
import dev.ebb.engine.model.TensorType;
import dev.ebb.engine.tokenizer.Tokenizer;
import dev.ebb.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderReaderTest {
  @TempDir Path folder;

  private ModelFile open(TinyFolder tiny) {
    return Models.open(tiny.write(folder));
  }

  @Test
  void everyArchitectureOpensByItsConfiguration() {
    for (String architecture : List.of("llama", "qwen2", "qwen3")) {
      try (ModelFile model = open(new TinyFolder(architecture))) {
        assertEquals(architecture, model.config().architecture());
        assertEquals(4, model.config().headDim());
        assertEquals(64, model.config().contextLength());
        assertEquals(RopeConfig.Pairing.HALVES, model.config().rope().pairing());
        assertEquals("{{ 1 }}", model.chatTemplate().orElseThrow());
        assertEquals(architecture, model.metadata().get("model_type"));
      }
    }
  }

  @Test
  void shardsAreOneModel() {
    List<String> whole;
    try (ModelFile model = open(new TinyFolder("llama"))) {
      whole = names(model);
    }
    folder.resolve("model.safetensors").toFile().delete();
    try (ModelFile model = Models.open(new TinyFolder("llama").writeSharded(folder))) {
      assertEquals(whole, names(model));
    }
  }

  private static List<String> names(ModelFile model) {
    return model.tensors().stream().map(Tensor::name).sorted().collect(Collectors.toList());
  }

  @Test
  void halfPrecisionAndUntiedOutputAreRead() {
    TinyFolder tiny = new TinyFolder("llama");
    tiny.dtype = "BF16";
    tiny.config.put("tie_word_embeddings", false);
    tiny.shapes.put("lm_head.weight", new long[] {TinyFolder.VOCABULARY, TinyFolder.HIDDEN});
    try (ModelFile model = open(tiny)) {
      Tensor output = model.tensors().stream().filter(t -> t.role() == TensorRole.OUTPUT).findFirst().orElseThrow();
      assertEquals(TensorType.BF16, output.type());
      assertEquals(TinyFolder.VOCABULARY * TinyFolder.HIDDEN * 2L, output.data().byteSize());
    }
    tiny.config.put("tie_word_embeddings", true);
    try (ModelFile model = open(tiny)) {
      assertTrue(model.tensors().stream().noneMatch(t -> t.role() == TensorRole.OUTPUT), "tied");
    }
  }

  @Test
  void attentionBiasIsRead() {
    TinyFolder tiny = new TinyFolder("llama");
    tiny.config.put("attention_bias", true);
    for (String prefix : List.of("model.layers.0.self_attn.", "model.layers.1.self_attn.")) {
      tiny.shapes.put(prefix + "q_proj.bias", new long[] {8});
      tiny.shapes.put(prefix + "k_proj.bias", new long[] {4});
      tiny.shapes.put(prefix + "v_proj.bias", new long[] {4});
      tiny.shapes.put(prefix + "o_proj.bias", new long[] {8});
    }
    try (ModelFile model = open(tiny)) {
      assertEquals(2, model.tensors().stream().filter(t -> t.role() == TensorRole.ATTENTION_OUTPUT_BIAS).count());
    }
  }

  @Test
  void slidingWindowCountsOnlyWhereItIsUsed() {
    TinyFolder tiny = new TinyFolder("qwen2");
    tiny.config.put("sliding_window", 32).put("use_sliding_window", false).put("max_window_layers", 0);
    assertEquals(0, window(tiny));
    tiny.config.put("use_sliding_window", true);
    assertEquals(32, window(tiny));
    tiny.config.put("max_window_layers", 28);
    assertEquals(0, window(tiny));
    tiny.config.putArray("layer_types").add("sliding_attention").add("sliding_attention");
    assertEquals(32, window(tiny));
  }

  private int window(TinyFolder tiny) {
    try (ModelFile model = open(tiny)) {
      return model.config().slidingWindow();
    }
  }

  @Test
  void ropeScalingIsFoldedIn() {
    TinyFolder tiny = new TinyFolder("llama");
    assertEquals(0.01, rope(tiny).inverseFrequency()[1], 1e-8);
    ObjectNode scaling = tiny.config.putObject("rope_scaling").put("type", "linear").put("factor", 4.0);
    assertEquals(0.0025, rope(tiny).inverseFrequency()[1], 1e-8);
    scaling.put("rope_type", "yarn").put("original_max_position_embeddings", 16);
    assertEquals(0.1 * Math.log(4) + 1, rope(tiny).magnitude(), 1e-6);
    scaling.put("attention_factor", 0.75);
    assertEquals(0.75, rope(tiny).magnitude(), 1e-6);
    scaling.put("rope_type", "llama3").put("low_freq_factor", 1.0).put("high_freq_factor", 4.0);
    assertEquals(0.0025, rope(tiny).inverseFrequency()[1], 1e-8);
    tiny.config.remove("rope_scaling");
    tiny.config.remove("rope_theta");
    tiny.config.putObject("rope_parameters").put("rope_type", "default").put("rope_theta", 100.0);
    assertEquals(0.1, rope(tiny).inverseFrequency()[1], 1e-8);
  }

  private RopeConfig rope(TinyFolder tiny) {
    try (ModelFile model = open(tiny)) {
      return model.config().rope();
    }
  }

  @Test
  void chatTemplateFileComesBeforeSettings() {
    TinyFolder tiny = new TinyFolder("llama");
    tiny.settings.remove("chat_template");
    ObjectNode one = tiny.settings.putArray("chat_template").addObject();
    one.put("name", "default").put("template", "{{ 2 }}");
    try (ModelFile model = open(tiny)) {
      assertEquals("{{ 2 }}", model.chatTemplate().orElseThrow());
    }
    TinyFolder.write(folder.resolve("chat_template.jinja"), "{{ 3 }}".getBytes(UTF_8));
    try (ModelFile model = open(tiny)) {
      assertEquals("{{ 3 }}", model.chatTemplate().orElseThrow());
    }
  }

  @Test
  void tokenizerKnowsItsSpecialTokens() {
    try (ModelFile model = open(new TinyFolder("qwen3"))) {
      Tokenizer tokenizer = Tokenizers.build(model.tokenizer());
      assertEquals(TinyFolder.VOCABULARY, tokenizer.vocabularySize());
      assertArrayEquals(new int[] {259, 'l', 'o'}, tokenizer.encode("hello", true, false));
      assertArrayEquals(new int[] {260, 'a', 257}, tokenizer.encode("<think>a<|im_end|>", true, true));
      assertEquals("<think>a", tokenizer.decode(new int[] {260, 'a', 257}, false));
      assertTrue(tokenizer.endsGeneration(256) && tokenizer.endsGeneration(257));
      assertEquals(256, tokenizer.bos());
      assertEquals("[PAD263]", tokenizer.piece(263));
    }
  }

  @Test
  void fingerprintFollowsTheFolder() {
    TinyFolder tiny = new TinyFolder("llama");
    String one = fingerprint(tiny);
    assertEquals(one, fingerprint(tiny));
    tiny.config.put("rope_theta", 20000.0);
    assertNotEquals(one, fingerprint(tiny));
  }

  @Test
  void fingerprintFollowsEveryTensor() throws IOException {
    new TinyFolder("llama").write(folder);
    Path file = folder.resolve("model.safetensors");
    byte[] good = Files.readAllBytes(file);
    long headerBytes = ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    Set<String> seen = new HashSet<>(Set.of(fingerprint(new TinyFolder("llama"))));
    int at = Math.toIntExact(8 + headerBytes);
    for (long[] shape : new TinyFolder("llama").shapes.values()) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      TinyFolder.write(file, changed);
      try (ModelFile model = Models.open(folder)) {
        assertTrue(seen.add(model.fingerprint()), () -> "shape " + Arrays.toString(shape));
      }
      at += 4 * (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }
    assertEquals(good.length, at);
  }

  private String fingerprint(TinyFolder tiny) {
    try (ModelFile model = open(tiny)) {
      return model.fingerprint();
    }
  }
}
