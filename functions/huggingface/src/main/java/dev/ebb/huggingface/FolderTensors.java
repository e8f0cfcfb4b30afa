package dev.ebb.huggingface;

import dev.ebb.engine.model.ModelFormatException;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives the tensors of a Hugging Face folder their roles. */
final class FolderTensors {
  private static final Pattern IN_LAYER = Pattern.compile("model\\.layers\\.(\\d{1,4})\\.(.+)");

  private static final Map<String, TensorRole> OUTSIDE =
      Map.of(
          "model.embed_tokens.weight", TensorRole.TOKEN_EMBEDDING,
          "model.norm.weight", TensorRole.OUTPUT_NORM,
          "lm_head.weight", TensorRole.OUTPUT);

  private static final Map<String, TensorRole> ROLES =
      Map.ofEntries(
          Map.entry("input_layernorm.weight", TensorRole.ATTENTION_NORM),
          Map.entry("self_attn.q_proj.weight", TensorRole.Q),
          Map.entry("self_attn.k_proj.weight", TensorRole.K),
          Map.entry("self_attn.v_proj.weight", TensorRole.V),
          Map.entry("self_attn.q_proj.bias", TensorRole.Q_BIAS),
          Map.entry("self_attn.k_proj.bias", TensorRole.K_BIAS),
          Map.entry("self_attn.v_proj.bias", TensorRole.V_BIAS),
          Map.entry("self_attn.q_norm.weight", TensorRole.Q_NORM),
          Map.entry("self_attn.k_norm.weight", TensorRole.K_NORM),
          Map.entry("self_attn.o_proj.weight", TensorRole.ATTENTION_OUTPUT),
          Map.entry("self_attn.o_proj.bias", TensorRole.ATTENTION_OUTPUT_BIAS),
          Map.entry("post_attention_layernorm.weight", TensorRole.FFN_NORM),
          Map.entry("mlp.gate_proj.weight", TensorRole.FFN_GATE),
          Map.entry("mlp.up_proj.weight", TensorRole.FFN_UP),
          Map.entry("mlp.down_proj.weight", TensorRole.FFN_DOWN));

  private final FolderConfig config;
  private final String architecture;

  FolderTensors(FolderConfig config, String architecture) {
    this.config = config;
    this.architecture = architecture;
  }

  /** All tensors that have a role; a tied output and saved frequency tables are left out. */
  List<Tensor> read(List<SafetensorsEntry> entries) {
    List<Tensor> tensors = new ArrayList<>(entries.size());
    boolean output = false;
    for (SafetensorsEntry entry : entries) {
      boolean isOutput = entry.name().equals("lm_head.weight");
      output |= isOutput;
      if (!(isOutput && config.tied()) && !entry.name().endsWith(".rotary_emb.inv_freq")) {
        tensors.add(tensor(entry));
      }
    }
    if (!output && !config.tied()) {
      throw new ModelFormatException(
          "config.json: tie_word_embeddings: is not true, but the weights have no lm_head.weight");
    }
    checkBiases(tensors);
    return List.copyOf(tensors);
  }

  private Tensor tensor(SafetensorsEntry entry) {
    TensorRole role = OUTSIDE.get(entry.name());
    int layer = -1;
    Matcher inLayer = IN_LAYER.matcher(entry.name());
    if (role == null && inLayer.matches()) {
      layer = Integer.parseInt(inLayer.group(1));
      role = ROLES.get(inLayer.group(2));
    }
    if (role == null) {
      throw new ModelFormatException(entry.file() + ": " + entry.name() + " at offset " + entry.at()
          + ": is unknown in this architecture, so the model would be computed wrongly");
    }
    return new Tensor(role, layer, entry.name(), entry.type(), entry.rows(), entry.cols(), entry.data());
  }

  /** Biases must be there exactly where the configuration says so. */
  private void checkBiases(List<Tensor> tensors) {
    boolean queryBias = config.attentionBias() || architecture.equals("qwen2");
    boolean outputBias = config.attentionBias() && !architecture.equals("qwen2");
    checkBias(tensors, TensorRole.Q_BIAS, queryBias);
    checkBias(tensors, TensorRole.ATTENTION_OUTPUT_BIAS, outputBias);
  }

  private static void checkBias(List<Tensor> tensors, TensorRole role, boolean wanted) {
    if (tensors.stream().anyMatch(tensor -> tensor.role() == role) != wanted) {
      throw new ModelFormatException(
          "config.json: attention_bias: the configuration wants " + (wanted ? "a " : "no ") + role
              + ", and the weights have " + (wanted ? "none" : "one"));
    }
  }
}
