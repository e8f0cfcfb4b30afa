package dev.ebb.testmodel;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A Llama with random weights and a token for each byte: small enough to be made anew for every test
 * run, and all that a function needs.
 */
public final class TinyModel {
  /** A token per byte, and the end of text. */
  public static final int VOCABULARY = 257;

  /** The token that ends an answer. */
  public static final int END_OF_TEXT = 256;

  /** Tokens of prompt and answer. */
  public static final int CONTEXT = 4096;

  private static final Shape SMALLEST = new Shape(2, 32, 2, 1, 16, 64);
  private static final int CONTROL = 3;

  private final Shape shape;
  private final Random random = new Random(42);
  private final GgufWriter file = new GgufWriter();

  private TinyModel(Shape shape) {
    this.shape = shape;
  }

  /** Sizes of a model: the hidden width, heads of queries and of keys, a head's width, the feed-forward's width. */
  public record Shape(int layers, int hidden, int heads, int kvHeads, int headDim, int ffn) {}

  /** Writes a model of two layers; the same bytes each time. */
  public static void write(Path path) {
    new TinyModel(SMALLEST).build().write(path);
  }

  /** Writes a model of a given shape that can chat; the same bytes each time. */
  public static void write(Path path, Shape shape, String chatTemplate) {
    TinyModel model = new TinyModel(shape);
    model.file.put("tokenizer.chat_template", chatTemplate);
    model.build().write(path);
  }

  private GgufWriter build() {
    parameters();
    vocabulary();
    int hidden = shape.hidden();
    matrix("token_embd.weight", VOCABULARY, hidden);
    norm("output_norm.weight");
    for (int layer = 0; layer < shape.layers(); layer++) {
      String block = "blk." + layer + ".";
      norm(block + "attn_norm.weight");
      matrix(block + "attn_q.weight", shape.heads() * shape.headDim(), hidden);
      matrix(block + "attn_k.weight", shape.kvHeads() * shape.headDim(), hidden);
      matrix(block + "attn_v.weight", shape.kvHeads() * shape.headDim(), hidden);
      matrix(block + "attn_output.weight", hidden, shape.heads() * shape.headDim());
      norm(block + "ffn_norm.weight");
      matrix(block + "ffn_gate.weight", shape.ffn(), hidden);
      matrix(block + "ffn_up.weight", shape.ffn(), hidden);
      matrix(block + "ffn_down.weight", hidden, shape.ffn());
    }
    return file;
  }

  private void parameters() {
    file.put("general.architecture", "llama")
        .put("general.name", "tiny")
        .put("llama.block_count", shape.layers())
        .put("llama.context_length", CONTEXT)
        .put("llama.embedding_length", shape.hidden())
        .put("llama.feed_forward_length", shape.ffn())
        .put("llama.attention.head_count", shape.heads())
        .put("llama.attention.head_count_kv", shape.kvHeads())
        .put("llama.attention.key_length", shape.headDim())
        .put("llama.attention.value_length", shape.headDim())
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
    file.tensor(name, 1, shape.hidden(), values(shape.hidden(), 1, 0.1));
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
