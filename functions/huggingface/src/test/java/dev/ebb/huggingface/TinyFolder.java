package dev.ebb.huggingface;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A model folder of two layers, whose every file can be changed before it is written. */
final class TinyFolder {
  static final JsonMapper JSON = new JsonMapper();
  static final int HIDDEN = 8;
  static final int HEADS = 2;
  static final int HEAD_DIM = 4;
  static final int FFN = 12;
  static final int VOCABULARY = 264;

  final ObjectNode config = JSON.createObjectNode();
  final ObjectNode settings = JSON.createObjectNode();
  final ObjectNode generation = JSON.createObjectNode();
  final Map<String, long[]> shapes = new LinkedHashMap<>();
  ObjectNode tokenizer = TinyTokenizer.byteLevel();
  String dtype = "F32";

  TinyFolder(String architecture) {
    config.put("model_type", architecture).put("hidden_size", HIDDEN).put("intermediate_size", FFN);
    config.put("num_hidden_layers", 2).put("num_attention_heads", HEADS).put("num_key_value_heads", 1);
    config.put("vocab_size", VOCABULARY).put("rms_norm_eps", 1e-5).put("max_position_embeddings", 64);
    config.put("rope_theta", 10000.0).put("hidden_act", "silu").put("tie_word_embeddings", true);
    config.put("bos_token_id", 256).put("eos_token_id", 256);
    settings.put("bos_token", "<|endoftext|>").put("eos_token", "<|endoftext|>").put("chat_template", "{{ 1 }}");
    generation.putArray("eos_token_id").add(256).add(257);
    shapes.put("model.embed_tokens.weight", new long[] {VOCABULARY, HIDDEN});
    shapes.put("model.norm.weight", new long[] {HIDDEN});
    for (int layer = 0; layer < 2; layer++) {
      layer(architecture, "model.layers." + layer + ".");
    }
  }

  private void layer(String architecture, String prefix) {
    shapes.put(prefix + "input_layernorm.weight", new long[] {HIDDEN});
    shapes.put(prefix + "self_attn.q_proj.weight", new long[] {HEADS * HEAD_DIM, HIDDEN});
    shapes.put(prefix + "self_attn.k_proj.weight", new long[] {HEAD_DIM, HIDDEN});
    shapes.put(prefix + "self_attn.v_proj.weight", new long[] {HEAD_DIM, HIDDEN});
    shapes.put(prefix + "self_attn.o_proj.weight", new long[] {HIDDEN, HEADS * HEAD_DIM});
    shapes.put(prefix + "post_attention_layernorm.weight", new long[] {HIDDEN});
    shapes.put(prefix + "mlp.gate_proj.weight", new long[] {FFN, HIDDEN});
    shapes.put(prefix + "mlp.up_proj.weight", new long[] {FFN, HIDDEN});
    shapes.put(prefix + "mlp.down_proj.weight", new long[] {HIDDEN, FFN});
    if (architecture.equals("qwen2")) {
      shapes.put(prefix + "self_attn.q_proj.bias", new long[] {HEADS * HEAD_DIM});
      shapes.put(prefix + "self_attn.k_proj.bias", new long[] {HEAD_DIM});
      shapes.put(prefix + "self_attn.v_proj.bias", new long[] {HEAD_DIM});
    }
    if (architecture.equals("qwen3")) {
      shapes.put(prefix + "self_attn.q_norm.weight", new long[] {HEAD_DIM});
      shapes.put(prefix + "self_attn.k_norm.weight", new long[] {HEAD_DIM});
    }
  }

  /** Writes all files, the weights in one. */
  Path write(Path folder) {
    writeAllButWeights(folder);
    write(folder.resolve("model.safetensors"), safetensors(shapes));
    return folder;
  }

  /** Writes all files, the weights in two with an index. */
  Path writeSharded(Path folder) {
    writeAllButWeights(folder);
    Map<String, long[]> first = new LinkedHashMap<>(shapes);
    Map<String, long[]> second = new LinkedHashMap<>(shapes);
    first.keySet().removeIf(name -> name.contains("layers.1."));
    second.keySet().removeIf(first::containsKey);
    write(folder.resolve("model-00001-of-00002.safetensors"), safetensors(first));
    write(folder.resolve("model-00002-of-00002.safetensors"), safetensors(second));
    ObjectNode index = JSON.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    first.keySet().forEach(name -> map.put(name, "model-00001-of-00002.safetensors"));
    second.keySet().forEach(name -> map.put(name, "model-00002-of-00002.safetensors"));
    write(folder.resolve("model.safetensors.index.json"), index.toString().getBytes(StandardCharsets.UTF_8));
    return folder;
  }

  private void writeAllButWeights(Path folder) {
    write(folder.resolve("config.json"), config.toString().getBytes(StandardCharsets.UTF_8));
    write(folder.resolve("tokenizer.json"), tokenizer.toString().getBytes(StandardCharsets.UTF_8));
    write(folder.resolve("tokenizer_config.json"), settings.toString().getBytes(StandardCharsets.UTF_8));
    write(folder.resolve("generation_config.json"), generation.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The header's JSON with tensors one after another. */
  ObjectNode header(Map<String, long[]> tensors) {
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    int at = 0;
    for (var tensor : tensors.entrySet()) {
      long elements = 1;
      ObjectNode line = header.putObject(tensor.getKey()).put("dtype", dtype);
      for (long size : tensor.getValue()) {
        elements *= size;
        line.withArray("shape").add(size);
      }
      int end = at + (int) elements * (dtype.equals("F32") ? 4 : 2);
      line.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    return header;
  }

  byte[] safetensors(Map<String, long[]> tensors) {
    ObjectNode header = header(tensors);
    int bytes = 0;
    for (var line : header) {
      bytes = Math.max(bytes, line.path("data_offsets").path(1).asInt());
    }
    return safetensors(header.toString(), bytes);
  }

  static byte[] safetensors(String header, int dataBytes) {
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded.length()).array());
    out.writeBytes(padded.getBytes(StandardCharsets.UTF_8));
    byte[] data = new byte[dataBytes];
    new Random(5).nextBytes(data);
    out.writeBytes(data);
    return out.toByteArray();
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
