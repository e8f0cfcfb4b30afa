package dev.ebb.engine.model;

import java.util.Map;

/** Hyper-parameters from a GGUF file's metadata. */
final class GgufConfig {
  private static final Map<String, RopeConfig.Pairing> ARCHITECTURES =
      Map.of(
          "llama", RopeConfig.Pairing.INTERLEAVED,
          "qwen2", RopeConfig.Pairing.HALVES,
          "qwen3", RopeConfig.Pairing.HALVES);

  private static final int SIZE_MAX = 1 << 20;
  private static final int LAYERS_MAX = 1024;

  private final GgufMetadata metadata;
  private final String architecture;

  private GgufConfig(GgufMetadata metadata) {
    this.metadata = metadata;
    this.architecture = metadata.string("general.architecture");
    if (!ARCHITECTURES.containsKey(architecture)) {
      throw metadata.wrong("general.architecture",
          "architecture '" + architecture + "' is not supported (llama, qwen2 and qwen3 are)");
    }
  }

  /**
   * Reads the hyper-parameters.
   *
   * @param ropeDivisors the data of {@code rope_freqs.weight}, or null
   */
  static ModelConfig read(GgufMetadata metadata, float[] ropeDivisors) {
    return new GgufConfig(metadata).config(ropeDivisors);
  }

  private ModelConfig config(float[] ropeDivisors) {
    refuseExperts();
    int hidden = size("embedding_length");
    int heads = size("attention.head_count");
    int kvHeads = metadata.integer(key("attention.head_count_kv"), 1, heads, heads);
    if (heads % kvHeads != 0) {
      throw metadata.wrong(key("attention.head_count_kv"), kvHeads + " does not divide " + heads + " heads");
    }
    int headDim = headDim(hidden, heads);
    int context = metadata.integer(key("context_length"), 1, Integer.MAX_VALUE);
    return new ModelConfig(
        architecture,
        metadata.optionalString("general.name").orElse(architecture),
        metadata.integer(key("block_count"), 1, LAYERS_MAX),
        hidden,
        heads,
        kvHeads,
        headDim,
        size("feed_forward_length"),
        vocabulary(),
        context,
        epsilon(),
        rope(headDim, context, ropeDivisors),
        metadata.integer(key("attention.sliding_window"), 0, Integer.MAX_VALUE, 0));
  }

  private void refuseExperts() {
    if (metadata.integer(key("expert_count"), 0, SIZE_MAX, 0) > 0) {
      throw metadata.wrong(key("expert_count"), "mixtures of experts are not supported");
    }
  }

  private int headDim(int hidden, int heads) {
    String keyLength = key("attention.key_length");
    if (!metadata.has(keyLength) && hidden % heads != 0) {
      throw metadata.wrong(key("attention.head_count"), heads + " heads do not divide " + hidden);
    }
    int headDim = metadata.integer(keyLength, 2, SIZE_MAX, hidden / heads);
    String valueLength = key("attention.value_length");
    int valueDim = metadata.integer(valueLength, 1, SIZE_MAX, headDim);
    if (valueDim != headDim) {
      throw metadata.wrong(valueLength, valueDim + " differs from the key length " + headDim);
    }
    return headDim;
  }

  private int vocabulary() {
    int tokens = metadata.strings("tokenizer.ggml.tokens").length;
    int declared = metadata.integer(key("vocab_size"), 1, Integer.MAX_VALUE, tokens);
    if (declared != tokens) {
      throw metadata.wrong(key("vocab_size"), declared + ", but tokenizer.ggml.tokens has " + tokens);
    }
    return tokens;
  }

  private float epsilon() {
    String key = key("attention.layer_norm_rms_epsilon");
    double epsilon = metadata.number(key);
    if (epsilon < 0 || epsilon > 1) {
      throw metadata.wrong(key, epsilon + " is not from 0 to 1");
    }
    return (float) epsilon;
  }

  private RopeConfig rope(int headDim, int context, float[] divisors) {
    int dims = metadata.integer(key("rope.dimension_count"), 2, headDim, headDim);
    if (dims % 2 != 0) {
      throw metadata.wrong(key("rope.dimension_count"), dims + " is odd");
    }
    double base = atLeast("rope.freq_base", 1, 10_000);
    double factor = metadata.has(key("rope.scaling.factor"))
        ? atLeast("rope.scaling.factor", 1, 1)
        : atLeast("rope.scale_linear", 1, 1);
    if (divisors != null && divisors.length != dims / 2) {
      throw metadata.damaged("tensor rope_freqs.weight has " + divisors.length + " values, not " + dims / 2);
    }
    RopeConfig scaled = scaled(dims, base, factor, context);
    return divisors == null ? scaled : scaled.dividedBy(divisors);
  }

  private RopeConfig scaled(int dims, double base, double factor, int context) {
    RopeConfig.Pairing pairing = ARCHITECTURES.get(architecture);
    String scaling = metadata.optionalString(key("rope.scaling.type"))
        .orElse(factor == 1 ? "none" : "linear");
    return switch (scaling) {
      case "none" -> RopeConfig.plain(dims, pairing, base);
      case "linear" -> RopeConfig.linear(dims, pairing, base, factor);
      case "yarn" -> RopeConfig.yarn(dims, pairing, base, factor,
              metadata.integer(key("rope.scaling.original_context_length"), 1, Integer.MAX_VALUE, context),
              atLeast("rope.scaling.yarn_beta_fast", 0, 32),
              atLeast("rope.scaling.yarn_beta_slow", 0, 1))
          .timesMagnitude((float) atLeast("rope.scaling.attn_factor", 0, 1));
      default -> throw metadata.wrong(key("rope.scaling.type"),
          "RoPE scaling '" + scaling + "' is not supported (none, linear and yarn are)");
    };
  }

  private double atLeast(String name, double least, double absent) {
    double value = metadata.number(key(name), absent);
    if (value < least) {
      throw metadata.wrong(key(name), value + " is less than " + least);
    }
    return value;
  }

  private int size(String name) {
    return metadata.integer(key(name), 1, SIZE_MAX);
  }

  private String key(String name) {
    return architecture + "." + name;
  }
}
