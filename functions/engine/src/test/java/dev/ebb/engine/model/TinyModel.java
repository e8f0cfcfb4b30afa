package dev.ebb.engine.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A complete model of two layers, small enough to damage in every place. */
public final class TinyModel {
  static final int HIDDEN = 8;
  static final int HEADS = 2;
  static final int KV_HEADS = 1;
  static final int HEAD_DIM = 4;
  static final int FFN = 12;
  static final int LAYERS = 2;
  static final int VOCABULARY = 260;

  private TinyModel() {}

  /** A writer filled with a whole model of that architecture; output tied to the embedding. */
  public static GgufWriter writer(String architecture) {
    return writer(architecture, LAYERS);
  }

  /** The same of any number of layers. */
  static GgufWriter writer(String architecture, int layers) {
    GgufWriter writer = new GgufWriter();
    writer.put("general.architecture", architecture).put("general.name", "tiny");
    writer.put(architecture + ".block_count", (long) layers);
    writer.put(architecture + ".context_length", 64L);
    writer.put(architecture + ".embedding_length", (long) HIDDEN);
    writer.put(architecture + ".feed_forward_length", (long) FFN);
    writer.put(architecture + ".attention.head_count", (long) HEADS);
    writer.put(architecture + ".attention.head_count_kv", (long) KV_HEADS);
    writer.put(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
    writer.put(architecture + ".rope.freq_base", 10000f);
    tokenizer(writer);
    Random random = new Random(7);
    matrix(writer, random, "token_embd.weight", HIDDEN, VOCABULARY);
    for (int layer = 0; layer < layers; layer++) {
      layer(writer, random, architecture, "blk." + layer + ".");
    }
    matrix(writer, random, "output_norm.weight", HIDDEN);
    return writer;
  }

  /** Writes a file. */
  public static Path write(Path folder, byte[] bytes) {
    try {
      return Files.write(Files.createTempFile(folder, "tiny", ".gguf"), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void tokenizer(GgufWriter writer) {
    List<String> tokens = new ArrayList<>();
    List<Integer> types = new ArrayList<>(Collections.nCopies(VOCABULARY, 1));
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
      tokens.add(Character.toString(printable ? b : next++));
    }
    tokens.add("<|endoftext|>");
    tokens.add("<|im_end|>");
    tokens.add("he");
    tokens.add("hel");
    types.set(256, 3);
    types.set(257, 3);
    writer.put("tokenizer.ggml.model", "gpt2").put("tokenizer.ggml.pre", "gpt-2");
    writer.put("tokenizer.ggml.tokens", tokens).put("tokenizer.ggml.token_type", types);
    writer.put("tokenizer.ggml.merges", List.of("h e", "he l"));
    writer.put("tokenizer.ggml.bos_token_id", 256L).put("tokenizer.ggml.eos_token_id", 256L);
    writer.put("tokenizer.chat_template", "{{ messages[0].content }}");
  }

  private static void layer(GgufWriter writer, Random random, String architecture, String prefix) {
    matrix(writer, random, prefix + "attn_norm.weight", HIDDEN);
    matrix(writer, random, prefix + "attn_q.weight", HIDDEN, HEADS * HEAD_DIM);
    matrix(writer, random, prefix + "attn_k.weight", HIDDEN, KV_HEADS * HEAD_DIM);
    matrix(writer, random, prefix + "attn_v.weight", HIDDEN, KV_HEADS * HEAD_DIM);
    matrix(writer, random, prefix + "attn_output.weight", HEADS * HEAD_DIM, HIDDEN);
    matrix(writer, random, prefix + "ffn_norm.weight", HIDDEN);
    matrix(writer, random, prefix + "ffn_gate.weight", HIDDEN, FFN);
    matrix(writer, random, prefix + "ffn_up.weight", HIDDEN, FFN);
    matrix(writer, random, prefix + "ffn_down.weight", FFN, HIDDEN);
    if (architecture.equals("qwen2")) {
      matrix(writer, random, prefix + "attn_q.bias", HEADS * HEAD_DIM);
      matrix(writer, random, prefix + "attn_k.bias", KV_HEADS * HEAD_DIM);
      matrix(writer, random, prefix + "attn_v.bias", KV_HEADS * HEAD_DIM);
    }
    if (architecture.equals("qwen3")) {
      matrix(writer, random, prefix + "attn_q_norm.weight", HEAD_DIM);
      matrix(writer, random, prefix + "attn_k_norm.weight", HEAD_DIM);
    }
  }

  private static void matrix(GgufWriter writer, Random random, String name, long... shape) {
    long elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    ByteBuffer data = ByteBuffer.allocate((int) elements * 4).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      data.putFloat((float) random.nextGaussian() / 4);
    }
    writer.tensor(name, TensorType.F32, data.array(), shape);
  }
}
