package dev.ebb.engine.model;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Which tensors a model must have and of what shape; the same for every file format. */
public final class TensorPlan {
  private static final Set<TensorRole> OUTSIDE =
      EnumSet.of(TensorRole.TOKEN_EMBEDDING, TensorRole.OUTPUT_NORM, TensorRole.OUTPUT);
  private static final Set<TensorRole> REQUIRED =
      EnumSet.of(
          TensorRole.ATTENTION_NORM, TensorRole.Q, TensorRole.K, TensorRole.V,
          TensorRole.ATTENTION_OUTPUT, TensorRole.FFN_NORM, TensorRole.FFN_GATE,
          TensorRole.FFN_UP, TensorRole.FFN_DOWN);
  private static final Set<TensorRole> QKV_BIAS =
      EnumSet.of(TensorRole.Q_BIAS, TensorRole.K_BIAS, TensorRole.V_BIAS);
  private static final Set<TensorRole> QK_NORM = EnumSet.of(TensorRole.Q_NORM, TensorRole.K_NORM);

  private final String file;
  private final ModelConfig config;

  private TensorPlan(String file, ModelConfig config) {
    this.file = file;
    this.config = config;
  }

  /** Whether a role belongs to no layer. */
  public static boolean outsideLayers(TensorRole role) {
    return OUTSIDE.contains(role);
  }

  /**
   * Checks that every needed tensor is there once and every shape follows from the configuration.
   *
   * @param file name for messages
   * @throws ModelFormatException naming the tensor
   */
  public static void check(String file, ModelConfig config, List<Tensor> tensors) {
    new TensorPlan(file, config).check(tensors);
  }

  private void check(List<Tensor> tensors) {
    Set<TensorRole> outside = EnumSet.noneOf(TensorRole.class);
    @SuppressWarnings({"unchecked", "rawtypes"})
    Set<TensorRole>[] layers = new Set[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = EnumSet.noneOf(TensorRole.class);
    }
    for (Tensor tensor : tensors) {
      checkShape(tensor);
      if (!(tensor.layer() < 0 ? outside : layers[tensor.layer()]).add(tensor.role())) {
        throw wrong(tensor.name(), "is a second " + tensor.role() + " of layer " + tensor.layer());
      }
    }
    require(outside, EnumSet.of(TensorRole.TOKEN_EMBEDDING, TensorRole.OUTPUT_NORM), -1);
    for (int i = 0; i < layers.length; i++) {
      checkLayer(layers[i], layers[0], i);
    }
  }

  private void checkLayer(Set<TensorRole> found, Set<TensorRole> first, int layer) {
    require(found, REQUIRED, layer);
    if (config.architecture().equals("qwen3") || found.stream().anyMatch(QK_NORM::contains)) {
      require(found, QK_NORM, layer);
    }
    if (config.architecture().equals("qwen2") || found.stream().anyMatch(QKV_BIAS::contains)) {
      require(found, QKV_BIAS, layer);
    }
    if (!found.equals(first)) {
      throw new ModelFormatException(
          file + ": layer " + layer + " has tensors " + found + ", but layer 0 has " + first);
    }
  }

  private void require(Set<TensorRole> found, Set<TensorRole> wanted, int layer) {
    for (TensorRole role : wanted) {
      if (!found.contains(role)) {
        throw new ModelFormatException(
            file + ": tensor " + role + (layer < 0 ? "" : " of layer " + layer) + " is missing");
      }
    }
  }

  private void checkShape(Tensor tensor) {
    TensorRole role = tensor.role();
    if (tensor.layer() >= config.layers() || (tensor.layer() < 0) != outsideLayers(role)) {
      throw wrong(tensor.name(), "layer " + tensor.layer() + " of a model of " + config.layers() + " layers");
    }
    long rows = rows(role);
    long cols = cols(role);
    if (tensor.rows() != rows || tensor.cols() != cols) {
      throw wrong(tensor.name(),
          "shape " + tensor.rows() + " x " + tensor.cols() + ", but the configuration gives " + rows + " x " + cols);
    }
    if (tensor.data().byteSize() != tensor.type().bytes(rows * cols)) {
      throw wrong(tensor.name(), tensor.data().byteSize() + " bytes of data for its shape and type");
    }
  }

  private long rows(TensorRole role) {
    return switch (role) {
      case TOKEN_EMBEDDING, OUTPUT -> config.vocabulary();
      case Q -> (long) config.heads() * config.headDim();
      case K, V -> (long) config.kvHeads() * config.headDim();
      case ATTENTION_OUTPUT, FFN_DOWN -> config.hidden();
      case FFN_GATE, FFN_UP -> config.ffn();
      default -> 1;
    };
  }

  private long cols(TensorRole role) {
    return switch (role) {
      case Q_NORM, K_NORM -> config.headDim();
      case Q_BIAS, ATTENTION_OUTPUT -> (long) config.heads() * config.headDim();
      case K_BIAS, V_BIAS -> (long) config.kvHeads() * config.headDim();
      case FFN_DOWN -> config.ffn();
      default -> config.hidden();
    };
  }

  private ModelFormatException wrong(String tensor, String what) {
    return new ModelFormatException(file + ": tensor " + tensor + ": " + what);
  }
}
