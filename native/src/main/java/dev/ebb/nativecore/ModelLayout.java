package dev.ebb.nativecore;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Encodes a model as the {@code ebb_model} descriptor of model.h: the header, then the tensor table,
 * then the inverse frequencies, each part aligned to {@value #ALIGNMENT} bytes.
 */
final class ModelLayout {
  static final int MAGIC = 0x4D424245;
  static final int VERSION = 1;
  static final int ALIGNMENT = 64;
  static final int HEADER_BYTES = 96;
  static final int TENSOR_BYTES = 40;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  private ModelLayout() {}

  /**
   * The descriptor, in memory of {@code arena}. It holds the addresses of the tensors' mapped bytes.
   *
   * @throws BackendException with INVALID_ARGUMENT when a tensor's bytes are not all mapped, which
   *     native code could not notice
   */
  static MemorySegment encode(ModelFile model, KvLayout layout, Arena arena) {
    List<Tensor> tensors = model.tensors();
    float[] frequencies = model.config().rope().inverseFrequency();
    long table = align(HEADER_BYTES);
    long frequency = align(table + (long) TENSOR_BYTES * tensors.size());
    long bytes = align(frequency + 4L * frequencies.length);
    MemorySegment segment = arena.allocate(bytes, ALIGNMENT);
    segment.set(INT, 0, MAGIC);
    segment.set(INT, 4, VERSION);
    segment.set(LONG, 8, bytes);
    writeConfig(segment, model.config(), layout);
    segment.set(INT, 76, tensors.size());
    segment.set(LONG, 80, table);
    segment.set(LONG, 88, frequency);
    for (int i = 0; i < tensors.size(); i++) {
      writeTensor(segment.asSlice(table + (long) TENSOR_BYTES * i, TENSOR_BYTES), tensors.get(i));
    }
    MemorySegment.copy(frequencies, 0, segment, FLOAT, frequency, frequencies.length);
    return segment;
  }

  private static void writeConfig(MemorySegment segment, ModelConfig config, KvLayout layout) {
    segment.set(INT, 16, config.layers());
    segment.set(INT, 20, config.hidden());
    segment.set(INT, 24, config.heads());
    segment.set(INT, 28, config.kvHeads());
    segment.set(INT, 32, config.headDim());
    segment.set(INT, 36, config.ffn());
    segment.set(INT, 40, config.vocabulary());
    segment.set(INT, 44, config.contextLength());
    segment.set(FLOAT, 48, config.rmsEpsilon());
    segment.set(INT, 52, config.rope().dims());
    segment.set(INT, 56, config.rope().pairing().ordinal());
    segment.set(FLOAT, 60, config.rope().magnitude());
    segment.set(INT, 64, config.slidingWindow());
    segment.set(INT, 68, layout.type().ordinal());
    segment.set(INT, 72, layout.blockTokens());
  }

  private static void writeTensor(MemorySegment row, Tensor tensor) {
    row.set(INT, 0, tensor.role().ordinal());
    row.set(INT, 4, tensor.layer());
    row.set(INT, 8, tensor.type().code());
    row.set(INT, 12, 0);
    row.set(LONG, 16, tensor.rows());
    row.set(LONG, 24, tensor.cols());
    row.set(LONG, 32, addressOf(tensor));
  }

  private static long addressOf(Tensor tensor) {
    long needed = tensor.type().bytes(Math.multiplyExact(tensor.rows(), tensor.cols()));
    if (!tensor.data().isNative() || tensor.data().byteSize() < needed) {
      throw new BackendException(
          Reason.INVALID_ARGUMENT,
          "tensor " + tensor.name() + " needs " + needed + " mapped bytes, but has "
              + tensor.data().byteSize() + (tensor.data().isNative() ? "" : " on the Java heap"));
    }
    return tensor.data().address();
  }

  private static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
