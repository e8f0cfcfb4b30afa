package dev.ebb.huggingface;

import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.RopeConfig;
import java.util.Set;

/** Hyper-parameters from config.json, for the dense Llama-like architectures. */
final class FolderConfig {
  private static final Set<String> ARCHITECTURES = Set.of("llama", "qwen2", "qwen3");
  private static final int SIZE_MAX = 1 << 20;
  private static final int LAYERS_MAX = 1024;

  private final Json json;
  private final String architecture;

  FolderConfig(Json json) {
    this.json = json;
    this.architecture = json.get("model_type").string();
    if (!ARCHITECTURES.contains(architecture)) {
      throw json.get("model_type").wrong(
          "architecture '" + architecture + "' is not supported (llama, qwen2 and qwen3 are)");
    }
    refuseWhatWouldBeIgnored();
  }

  private void refuseWhatWouldBeIgnored() {
    String activation = json.get("hidden_act").string("silu");
    if (!activation.equals("silu")) {
      throw json.get("hidden_act").wrong("activation '" + activation + "' is not supported (silu is)");
    }
    if (json.get("mlp_bias").bool(false)) {
      throw json.get("mlp_bias").wrong("feed-forward biases are not supported");
    }
    if (json.get("quantization_config").present()) {
      throw json.get("quantization_config").wrong("quantised folders are not supported; use a GGUF file");
    }
  }

  /** Whether the output matrix is the embedding. */
  boolean tied() {
    return json.get("tie_word_embeddings").bool(false);
  }

  /** Whether query, key, value and output have biases; Qwen2's first three always do. */
  boolean attentionBias() {
    return json.get("attention_bias").bool(false);
  }

  int vocabulary() {
    return json.get("vocab_size").integer(1, Integer.MAX_VALUE);
  }

  ModelConfig read(String name) {
    int hidden = size("hidden_size");
    int heads = size("num_attention_heads");
    int kvHeads = json.get("num_key_value_heads").integer(1, heads, heads);
    if (heads % kvHeads != 0) {
      throw json.get("num_key_value_heads").wrong(kvHeads + " does not divide " + heads + " heads");
    }
    if (!json.get("head_dim").present() && hidden % heads != 0) {
      throw json.get("num_attention_heads").wrong(heads + " heads do not divide " + hidden);
    }
    int headDim = json.get("head_dim").integer(2, SIZE_MAX, hidden / heads);
    int context = json.get("max_position_embeddings").integer(1, Integer.MAX_VALUE);
    int layers = json.get("num_hidden_layers").integer(1, LAYERS_MAX);
    double epsilon = json.get("rms_norm_eps").number(0, 1e-6);
    if (epsilon > 1) {
      throw json.get("rms_norm_eps").wrong(epsilon + " is not from 0 to 1");
    }
    RopeConfig rope = new FolderRope(json).read(headDim, context);
    return new ModelConfig(architecture, name, layers, hidden, heads, kvHeads, headDim,
        size("intermediate_size"), vocabulary(), context, (float) epsilon, rope, slidingWindow(layers));
  }

  /** The engine has one window for all layers, so a file that mixes windows is refused. */
  private int slidingWindow(int layers) {
    Json window = json.get("sliding_window");
    boolean used = json.get("use_sliding_window").bool(architecture.equals("llama"));
    if (!window.present() || !used) {
      return 0;
    }
    int tokens = window.integer(1, Integer.MAX_VALUE);
    int sliding = slidingLayers(layers);
    if (sliding != 0 && sliding != layers) {
      throw window.wrong("only " + sliding + " of " + layers + " layers use the window, which is not supported");
    }
    return sliding == 0 ? 0 : tokens;
  }

  private int slidingLayers(int layers) {
    Json types = json.get("layer_types");
    if (types.present()) {
      int sliding = 0;
      for (int i = 0; i < types.size(); i++) {
        sliding += types.at(i).string().equals("sliding_attention") ? 1 : 0;
      }
      return sliding;
    }
    // Qwen's files give the number of leading layers that see everything.
    return Math.max(0, layers - json.get("max_window_layers").integer(0, Integer.MAX_VALUE, 0));
  }

  private int size(String field) {
    return json.get(field).integer(1, SIZE_MAX);
  }
}
