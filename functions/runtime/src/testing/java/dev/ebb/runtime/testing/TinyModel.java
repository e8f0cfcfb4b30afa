package dev.ebb.runtime.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A Llama of two layers with random weights and a token for each byte: small enough to be made anew
 * for every test run, and all that a function needs.
 */
public final class TinyModel {
  /** A token per byte, and the end of text. */
  public static final int VOCABULARY = 257;

  /** The token that ends an answer. */
  public static final int END_OF_TEXT = 256;

  /** Tokens of prompt and answer. */
  public static final int CONTEXT = 4096;

  private static final int LAYERS = 2;
  private static final int HIDDEN = 32;
  private static final int HEADS = 2;
  private static final int KV_HEADS = 1;
  private static final int FFN = 64;
  private static final int CONTROL = 3;

  private final Random random = new Random(42);
  private final GgufWriter file = new GgufWriter();

  private TinyModel() {}

  /** Writes the model; the same bytes each time. */
  public static void write(Path path) {
    new TinyModel().build().write(path);
  }

  private GgufWriter build() {
    parameters();
    vocabulary();
    int headDim = HIDDEN / HEADS;
    matrix("token_embd.weight", VOCABULARY, HIDDEN);
    norm("output_norm.weight");
    for (int layer = 0; layer < LAYERS; layer++) {
      String block = "blk." + layer + ".";
      norm(block + "attn_norm.weight");
      matrix(block + "attn_q.weight", HIDDEN, HIDDEN);
      matrix(block + "attn_k.weight", KV_HEADS * headDim, HIDDEN);
      matrix(block + "attn_v.weight", KV_HEADS * headDim, HIDDEN);
      matrix(block + "attn_output.weight", HIDDEN, HIDDEN);
      norm(block + "ffn_norm.weight");
      matrix(block + "ffn_gate.weight", FFN, HIDDEN);
      matrix(block + "ffn_up.weight", FFN, HIDDEN);
      matrix(block + "ffn_down.weight", HIDDEN, FFN);
    }
    return file;
  }

  private void parameters() {
    file.put("general.architecture", "llama")
        .put("general.name", "tiny")
        .put("llama.block_count", LAYERS)
        .put("llama.context_length", CONTEXT)
        .put("llama.embedding_length", HIDDEN)
        .put("llama.feed_forward_length", FFN)
        .put("llama.attention.head_count", HEADS)
        .put("llama.attention.head_count_kv", KV_HEADS)
        .put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  }

  /** Tokens 0 to 255 are the bytes, written in the alphabet that GPT-2 gives them. */
  private void vocabulary() {
    List<String> tokens = new ArrayList<>();
    int[] types = new int[VOCABULARY];
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      tokens.add(String.valueOf((char) (printable ? b : next++)));
      types[b] = 1;
    }
    tokens.add("<|endoftext|>");
    types[END_OF_TEXT] = CONTROL;
    file.put("tokenizer.ggml.model", "gpt2")
        .put("tokenizer.ggml.pre", "gpt-2")
        .put("tokenizer.ggml.tokens", tokens)
        .put("tokenizer.ggml.token_type", types)
        .put("tokenizer.ggml.merges", List.of())
        .put("tokenizer.ggml.eos_token_id", END_OF_TEXT);
  }

  private void norm(String name) {
    file.tensor(name, 1, HIDDEN, values(HIDDEN, 1, 0.1));
  }

  private void matrix(String name, int rows, int cols) {
    file.tensor(name, rows, cols, values(rows * cols, 0, 1.5 / Math.sqrt(cols)));
  }

  private float[] values(int count, double centre, double spread) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (centre + spread * random.nextGaussian());
    }
    return values;
  }
}
