package dev.ebb.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Gives the tensors of a GGUF file their roles. */
final class GgufTensors {
  private static final Map<String, TensorRole> OUTSIDE =
      Map.of(
          "token_embd.weight", TensorRole.TOKEN_EMBEDDING,
          "output_norm.weight", TensorRole.OUTPUT_NORM,
          "output.weight", TensorRole.OUTPUT);

  private static final Map<String, TensorRole> IN_LAYER =
      Map.ofEntries(
          Map.entry("attn_norm.weight", TensorRole.ATTENTION_NORM),
          Map.entry("attn_q.weight", TensorRole.Q),
          Map.entry("attn_k.weight", TensorRole.K),
          Map.entry("attn_v.weight", TensorRole.V),
          Map.entry("attn_q.bias", TensorRole.Q_BIAS),
          Map.entry("attn_k.bias", TensorRole.K_BIAS),
          Map.entry("attn_v.bias", TensorRole.V_BIAS),
          Map.entry("attn_q_norm.weight", TensorRole.Q_NORM),
          Map.entry("attn_k_norm.weight", TensorRole.K_NORM),
          Map.entry("attn_output.weight", TensorRole.ATTENTION_OUTPUT),
          Map.entry("attn_output.bias", TensorRole.ATTENTION_OUTPUT_BIAS),
          Map.entry("ffn_norm.weight", TensorRole.FFN_NORM),
          Map.entry("ffn_gate.weight", TensorRole.FFN_GATE),
          Map.entry("ffn_up.weight", TensorRole.FFN_UP),
          Map.entry("ffn_down.weight", TensorRole.FFN_DOWN));

  /** Divisors of the rotary frequencies; folded into the configuration, so no tensor of its own. */
  private static final String ROPE_DIVISORS = "rope_freqs.weight";

  private final GgufHeader header;
  private final MemorySegment mapped;

  GgufTensors(GgufHeader header, MemorySegment mapped) {
    this.header = header;
    this.mapped = mapped;
  }

  /** The data of {@code rope_freqs.weight}, or null where the file has none. */
  float[] ropeDivisors() {
    for (GgufTensorInfo info : header.tensors()) {
      if (info.name().equals(ROPE_DIVISORS)) {
        if (info.type() != TensorType.F32) {
          throw wrong(info, "is " + info.type() + ", not F32");
        }
        float[] divisors = data(info).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        for (float divisor : divisors) {
          if (!(divisor > 0 && Float.isFinite(divisor))) {
            throw wrong(info, "contains " + divisor);
          }
        }
        return divisors;
      }
    }
    return null;
  }

  /** All tensors that have a role. */
  List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>(header.tensors().size());
    for (GgufTensorInfo info : header.tensors()) {
      if (!info.name().equals(ROPE_DIVISORS)) {
        tensors.add(tensor(info));
      }
    }
    return List.copyOf(tensors);
  }

  /** The data of every tensor, of the rotary divisors too: they change what the model computes. */
  List<MemorySegment> data() {
    return header.tensors().stream().map(this::data).toList();
  }

  private Tensor tensor(GgufTensorInfo info) {
    if (info.shape()[2] != 1 || info.shape()[3] != 1) {
      throw wrong(info, "has more than two dimensions");
    }
    TensorRole role = OUTSIDE.get(info.name());
    int layer = -1;
    if (role == null && info.name().startsWith("blk.")) {
      int dot = info.name().indexOf('.', 4);
      layer = layer(info, dot);
      role = IN_LAYER.get(info.name().substring(dot + 1));
    }
    if (role == null) {
      throw wrong(info, "is unknown in this architecture, so the model would be computed wrongly");
    }
    return new Tensor(role, layer, info.name(), info.type(), info.rows(), info.cols(), data(info));
  }

  private int layer(GgufTensorInfo info, int dot) {
    String number = dot < 0 ? "" : info.name().substring(4, dot);
    if (number.isEmpty() || number.length() > 4 || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw wrong(info, "has no layer number");
    }
    return Integer.parseInt(number);
  }

  private MemorySegment data(GgufTensorInfo info) {
    return mapped.asSlice(header.dataStart() + info.offset(), info.bytes(header.file()));
  }

  private ModelFormatException wrong(GgufTensorInfo info, String what) {
    return new ModelFormatException(
        header.file() + ": tensor " + info.name() + " at offset " + info.entryAt() + ": " + what);
  }
}
