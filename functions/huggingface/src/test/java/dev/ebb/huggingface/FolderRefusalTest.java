package dev.ebb.huggingface;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Models;
import dev.ebb.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a folder can lie, and what the error says. */
class FolderRefusalTest {
  @TempDir Path folder;

  private static Arguments lie(String expected, Consumer<TinyFolder> change) {
    return Arguments.of(expected, change);
  }

  private static ObjectNode model(TinyFolder tiny) {
    return (ObjectNode) tiny.tokenizer.get("model");
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("config.json: model_type: architecture 'gemma'", t -> t.config.put("model_type", "gemma")),
        lie("config.json: model_type: is missing", t -> t.config.remove("model_type")),
        lie("hidden_size: is no whole number", t -> t.config.put("hidden_size", "8")),
        lie("num_hidden_layers: 0 is not from 1", t -> t.config.put("num_hidden_layers", 0)),
        lie("ATTENTION_NORM of layer 2 is missing", t -> t.config.put("num_hidden_layers", 3)),
        lie("num_key_value_heads", t -> t.config.put("num_attention_heads", 4).put("num_key_value_heads", 3)),
        lie("hidden_act", t -> t.config.put("hidden_act", "gelu")),
        lie("mlp_bias", t -> t.config.put("mlp_bias", true)),
        lie("quantization_config", t -> t.config.putObject("quantization_config")),
        lie("tie_word_embeddings", t -> t.config.put("tie_word_embeddings", false)),
        lie("attention_bias", t -> t.config.put("attention_bias", true)),
        lie("RoPE scaling 'dynamic'", t -> t.config.putObject("rope_scaling").put("type", "dynamic")),
        lie("rope_scaling.factor: is missing", t -> t.config.putObject("rope_scaling").put("type", "linear")),
        lie("rope_scaling.factor: 0.5", t -> t.config.putObject("rope_scaling").put("type", "yarn").put("factor", 0.5)),
        lie("only 1 of 2 layers", t -> t.config.put("sliding_window", 8).put("max_window_layers", 1)),
        lie("vocab_size", t -> t.config.put("vocab_size", 0)),
        lie("model.vocab.", t -> t.config.put("vocab_size", 255)),
        lie("tensor model.embed_tokens.weight: shape 264 x 8", t -> t.config.put("vocab_size", 270)),
        lie("eos_token_id", t -> t.generation.put("eos_token_id", 999)),
        lie("eos_token: 'nothing'", t -> t.settings.put("eos_token", "nothing")),
        lie("model.type: tokenizer 'Unigram'", t -> model(t).put("type", "Unigram")),
        lie("end_of_word_suffix", t -> model(t).put("end_of_word_suffix", "</w>")),
        lie("id 5 is that of", t -> ((ObjectNode) model(t).get("vocab")).put("again", 5)),
        lie("ignore_merges", t -> model(t).put("ignore_merges", true)),
        lie("added_tokens[0].lstrip", t -> ((ObjectNode) t.tokenizer.at("/added_tokens/0")).put("lstrip", true)),
        lie("pre_tokenizer.add_prefix_space", t -> ((ObjectNode) t.tokenizer.get("pre_tokenizer"))
            .put("add_prefix_space", true)),
        lie("the expression", t -> t.tokenizer.set("pre_tokenizer",
            TinyTokenizer.sequence(TinyTokenizer.split("\\w+"), false))),
        lie("normalizer", t -> t.tokenizer.putObject("normalizer").put("type", "Lowercase")),
        lie("post_processor", t -> t.tokenizer.putObject("post_processor").put("type", "BertProcessing")),
        lie("tokenizer.json: model.merges: is empty", t -> {
          t.tokenizer = TinyTokenizer.characters();
          t.settings.put("bos_token", "<s>").put("eos_token", "</s>");
          model(t).putArray("merges");
        }),
        lie("merges[0]", t -> ((ArrayNode) model(t).get("merges")).insertArray(0).add("a b").add("c")),
        lie("shape at offset", t -> t.shapes.put("model.norm.weight", new long[] {2, 2, 2})),
        lie("tensor model.norm.weight: shape 1 x 7", t -> t.shapes.put("model.norm.weight", new long[] {7})),
        lie("OUTPUT_NORM is missing", t -> t.shapes.remove("model.norm.weight")),
        lie("model.extra.weight at offset", t -> t.shapes.put("model.extra.weight", new long[] {8})),
        lie("Q_NORM of layer 0 is missing", t -> t.shapes.remove("model.layers.0.self_attn.q_norm.weight")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void isRefused(String expected, Consumer<TinyFolder> change) {
    TinyFolder tiny = new TinyFolder(expected.startsWith("Q_NORM") ? "qwen3" : "llama");
    change.accept(tiny);
    assertRefused(tiny.write(folder), expected);
  }

  /** Merges are gone through once, when their table is built; the error names file and field as from opening. */
  @ParameterizedTest
  @CsvSource(quoteCharacter = '"', value = {
    "hel,'hel' is not two tokens", "\"h \",'h ' is not two tokens",
    "q q,'qq' is not in the vocabulary", "qq l,'qq' is not in the vocabulary", "he qq,'qq' is not in the vocabulary"})
  void mergesAreRefusedWithTheirField(String merge, String expected) {
    TinyFolder tiny = new TinyFolder("llama");
    ((ArrayNode) model(tiny).get("merges")).add(merge);
    try (ModelFile model = Models.open(tiny.write(folder))) {
      ModelFormatException e = assertThrows(ModelFormatException.class, () -> Tokenizers.build(model.tokenizer()));
      assertEquals("tokenizer.json: model.merges[2]: " + expected, e.getMessage());
    }
  }

  @Test
  void brokenJsonIsRefusedWithItsOffset() {
    new TinyFolder("llama").write(folder);
    TinyFolder.write(folder.resolve("config.json"), "{\"a\": 1, }".getBytes(UTF_8));
    assertRefused(folder, "config.json at offset ");
    TinyFolder.write(folder.resolve("config.json"), "{\"a\": 1, \"a\": 2}".getBytes(UTF_8));
    assertRefused(folder, "Duplicate field 'a'");
    TinyFolder.write(folder.resolve("config.json"), "[1]".getBytes(UTF_8));
    assertRefused(folder, "config.json: is no JSON object");
  }

  @Test
  void shardsMustBeWhatTheIndexSays() throws IOException {
    new TinyFolder("llama").writeSharded(folder);
    Path index = folder.resolve("model.safetensors.index.json");
    String good = Files.readString(index);
    Files.writeString(index, good.replaceFirst("model-00001-of-00002.safetensors", "../away.safetensors"));
    assertRefused(folder, "no name of a safetensors file");
    Files.writeString(index, good.replaceFirst("model-00001-of", "model-00002-of"));
    assertRefused(folder, "has it in model-00002-of-00002.safetensors");
    String extra = "{\"weight_map\":{\"x\":\"model-00001-of-00002.safetensors\",";
    Files.writeString(index, good.replace("{\"weight_map\":{", extra));
    assertRefused(folder, "weight_map.x: is not in model-00001");
    Files.writeString(index, good);
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    assertRefused(folder, "model-00002-of-00002.safetensors: cannot be read");
  }

  @Test
  void aFolderWithoutWeightsIsNoModel() {
    TinyFolder.write(folder.resolve("config.json"), "{}".getBytes(UTF_8));
    assertRefused(folder, "neither a GGUF file nor a Hugging Face folder");
  }

  private static void assertRefused(Path folder, String expected) {
    ModelFormatException e = assertThrows(ModelFormatException.class, () -> Models.open(folder));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }
}
