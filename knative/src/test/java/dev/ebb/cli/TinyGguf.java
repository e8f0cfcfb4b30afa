package dev.ebb.cli;

import dev.ebb.engine.model.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the smallest model file that opens: a llama of one layer and four tokens, whose weights are all zero. */
final class TinyGguf {
  private static final int ALIGNMENT = 32;
  private static final int HIDDEN = 32;
  private static final int KV = 16;
  private static final int FFN = 64;
  private static final int TOKENS = 4;

  private final ByteBuffer metadata = buffer();
  private final ByteBuffer tensors = buffer();
  private int entries;
  private int weights;
  private int dataBytes;

  private TinyGguf() {}

  static Path write(Path file) throws IOException {
    return write(file, "llama");
  }

  static Path write(Path file, String architecture) throws IOException {
    TinyGguf model = new TinyGguf();
    model.config(architecture);
    model.tokenizer();
    model.weights();
    return Files.write(file, model.bytes());
  }

  private void config(String architecture) {
    text("general.architecture", architecture);
    text("general.name", "Tiny of the tests");
    number("llama.block_count", 1);
    number("llama.context_length", 64);
    number("llama.embedding_length", HIDDEN);
    number("llama.feed_forward_length", FFN);
    number("llama.attention.head_count", 2);
    number("llama.attention.head_count_kv", 1);
    key("llama.attention.layer_norm_rms_epsilon", 6);
    metadata.putFloat(1e-5f);
  }

  private void tokenizer() {
    text("tokenizer.ggml.model", "gpt2");
    text("tokenizer.ggml.pre", "gpt-2");
    texts("tokenizer.ggml.tokens", List.of("a", "b", "ab", "<end>"));
    texts("tokenizer.ggml.merges", List.of("a b"));
    number("tokenizer.ggml.eos_token_id", 3);
    text("tokenizer.chat_template", "{{ messages[0].content }}");
  }

  private void weights() {
    tensor("token_embd.weight", TensorType.Q8_0, HIDDEN, TOKENS);
    tensor("output_norm.weight", TensorType.F32, HIDDEN, 1);
    tensor("blk.0.attn_norm.weight", TensorType.F32, HIDDEN, 1);
    tensor("blk.0.attn_q.weight", TensorType.F16, HIDDEN, HIDDEN);
    tensor("blk.0.attn_k.weight", TensorType.F16, HIDDEN, KV);
    tensor("blk.0.attn_v.weight", TensorType.F16, HIDDEN, KV);
    tensor("blk.0.attn_output.weight", TensorType.F16, HIDDEN, HIDDEN);
    tensor("blk.0.ffn_norm.weight", TensorType.F32, HIDDEN, 1);
    tensor("blk.0.ffn_gate.weight", TensorType.F16, HIDDEN, FFN);
    tensor("blk.0.ffn_up.weight", TensorType.F16, HIDDEN, FFN);
    tensor("blk.0.ffn_down.weight", TensorType.F16, FFN, HIDDEN);
  }

  private byte[] bytes() {
    ByteBuffer file = buffer();
    file.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(weights).putLong(entries);
    file.put(metadata.flip()).put(tensors.flip());
    byte[] bytes = new byte[aligned(file.position()) + dataBytes];
    file.flip().get(bytes, 0, file.limit());
    return bytes;
  }

  private void tensor(String name, TensorType type, int cols, int rows) {
    string(tensors, name);
    tensors.putInt(2).putLong(cols).putLong(rows).putInt(type.code()).putLong(dataBytes);
    dataBytes = aligned(dataBytes + (int) type.bytes((long) cols * rows));
    weights++;
  }

  private void number(String key, int value) {
    key(key, 4);
    metadata.putInt(value);
  }

  private void text(String key, String value) {
    key(key, 8);
    string(metadata, value);
  }

  private void texts(String key, List<String> values) {
    key(key, 9);
    metadata.putInt(8).putLong(values.size());
    values.forEach(value -> string(metadata, value));
  }

  /** Begins an entry whose value has the format's type number {@code type}. */
  private void key(String key, int type) {
    string(metadata, key);
    metadata.putInt(type);
    entries++;
  }

  private static void string(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.putLong(bytes.length).put(bytes);
  }

  private static int aligned(int bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(1 << 14).order(ByteOrder.LITTLE_ENDIAN);
  }
}
