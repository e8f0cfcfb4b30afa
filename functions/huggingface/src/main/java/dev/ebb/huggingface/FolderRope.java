package dev.ebb.huggingface;

import dev.ebb.engine.model.RopeConfig;

/**
 * Rotary position embedding from config.json: {@code rope_theta} with {@code rope_scaling}, or the
 * newer {@code rope_parameters} that holds both. Weights in these folders pair halves of a head.
 */
final class FolderRope {
  private static final RopeConfig.Pairing HALVES = RopeConfig.Pairing.HALVES;

  private final Json config;
  private final Json scaling;

  FolderRope(Json config) {
    this.config = config;
    this.scaling = config.first("rope_parameters", "rope_scaling");
    if (scaling.present() && !scaling.node().isObject()) {
      throw scaling.wrong("is no object");
    }
  }

  RopeConfig read(int headDim, int context) {
    double base = scaling.get("rope_theta").present()
        ? scaling.get("rope_theta").number(1)
        : config.get("rope_theta").number(1, 10_000);
    int dims = dims(headDim);
    Json typeField = scaling.first("rope_type", "type");
    String type = typeField.string("default");
    return switch (type) {
      case "default" -> RopeConfig.plain(dims, HALVES, base);
      case "linear" -> RopeConfig.linear(dims, HALVES, base, factor());
      case "yarn" -> yarn(dims, base, context);
      case "llama3" -> RopeConfig.llama3(dims, HALVES, base, factor(), scaling.get("low_freq_factor").number(0),
          highFactor(), originalContext(context));
      default -> throw typeField.wrong(
          "RoPE scaling '" + type + "' is not supported (default, linear, yarn and llama3 are)");
    };
  }

  private RopeConfig yarn(int dims, double base, int context) {
    if (!scaling.get("truncate").bool(true)) {
      throw scaling.get("truncate").wrong("false is not supported");
    }
    double factor = factor();
    RopeConfig rope = RopeConfig.yarn(dims, HALVES, base, factor, originalContext(context),
        scaling.get("beta_fast").number(0, 32), scaling.get("beta_slow").number(0, 1));
    if (scaling.get("attention_factor").present()) {
      return rope.timesMagnitude((float) scaling.get("attention_factor").number(0) / rope.magnitude());
    }
    double scale = scaling.get("mscale").number(0, 0);
    double scaleOfAll = scaling.get("mscale_all_dim").number(0, 0);
    if (scale > 0 && scaleOfAll > 0) {
      double magnitude = (0.1 * scale * Math.log(factor) + 1) / (0.1 * scaleOfAll * Math.log(factor) + 1);
      return rope.timesMagnitude((float) magnitude / rope.magnitude());
    }
    return rope;
  }

  private int dims(int headDim) {
    Json partial = scaling.get("partial_rotary_factor").present()
        ? scaling.get("partial_rotary_factor")
        : config.get("partial_rotary_factor");
    int dims = (int) (headDim * partial.number(0, 1));
    if (dims < 2 || dims > headDim || dims % 2 != 0) {
      throw (partial.present() ? partial : config.get("head_dim")).wrong(
          dims + " rotated dimensions of a head of " + headDim);
    }
    return dims;
  }

  private double factor() {
    return scaling.get("factor").number(1);
  }

  private double highFactor() {
    double low = scaling.get("low_freq_factor").number(0);
    double high = scaling.get("high_freq_factor").number(0);
    if (high <= low) {
      throw scaling.get("high_freq_factor").wrong(high + " is not greater than low_freq_factor " + low);
    }
    return high;
  }

  private int originalContext(int context) {
    return scaling.get("original_max_position_embeddings").integer(1, Integer.MAX_VALUE, context);
  }
}
