package dev.ebb.nativecore;

import dev.ebb.engine.model.ModelConfig;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.engine.model.RopeConfig;
import dev.ebb.engine.model.Tensor;
import dev.ebb.engine.model.TensorRole;
import dev.ebb.engine.model.TensorType;
import dev.ebb.engine.tokenizer.TokenizerSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A Llama of two layers with random F32 weights, in memory: a model file for tests, in milliseconds. */
final class TinyModel implements ModelFile {
  static final int VOCABULARY = 128;
  static final int CONTEXT = 512;

  private static final int LAYERS = 2;
  private static final int HIDDEN = 64;
  private static final int HEADS = 4;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 32;
  private static final int FFN = 96;

  private final Arena arena = Arena.ofShared();
  private final Random random;
  private final List<Tensor> tensors = new ArrayList<>();

  TinyModel(long seed) {
    random = new Random(seed);
    add(TensorRole.TOKEN_EMBEDDING, -1, VOCABULARY, HIDDEN);
    add(TensorRole.OUTPUT_NORM, -1, 1, HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      add(TensorRole.ATTENTION_NORM, layer, 1, HIDDEN);
      add(TensorRole.Q, layer, HEADS * HEAD_DIM, HIDDEN);
      add(TensorRole.K, layer, KV_HEADS * HEAD_DIM, HIDDEN);
      add(TensorRole.V, layer, KV_HEADS * HEAD_DIM, HIDDEN);
      add(TensorRole.ATTENTION_OUTPUT, layer, HIDDEN, HEADS * HEAD_DIM);
      add(TensorRole.FFN_NORM, layer, 1, HIDDEN);
      add(TensorRole.FFN_GATE, layer, FFN, HIDDEN);
      add(TensorRole.FFN_UP, layer, FFN, HIDDEN);
      add(TensorRole.FFN_DOWN, layer, HIDDEN, FFN);
    }
  }

  /** Norm weights lie around 1; matrices are scaled so that activations keep their size. */
  private void add(TensorRole role, int layer, int rows, int cols) {
    MemorySegment data = arena.allocate(4L * rows * cols, 64);
    double scale = rows == 1 ? 0.2 : 1.5 / Math.sqrt(cols);
    double centre = rows == 1 ? 1 : 0;
    for (long i = 0; i < (long) rows * cols; i++) {
      float value = (float) (centre + scale * random.nextGaussian());
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
    tensors.add(new Tensor(role, layer, role + "." + layer, TensorType.F32, rows, cols, data));
  }

  @Override
  public Path path() {
    return Path.of("tiny");
  }

  @Override
  public ModelConfig config() {
    float[] frequencies = new float[HEAD_DIM / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) Math.pow(10_000, -2.0 * i / HEAD_DIM);
    }
    RopeConfig rope = new RopeConfig(HEAD_DIM, RopeConfig.Pairing.INTERLEAVED, frequencies, 1);
    return new ModelConfig(
        "llama", "tiny", LAYERS, HIDDEN, HEADS, KV_HEADS, HEAD_DIM, FFN, VOCABULARY, CONTEXT, 1e-5f,
        rope, 0);
  }

  @Override
  public TokenizerSpec tokenizer() {
    throw new UnsupportedOperationException("the tiny model has no tokenizer");
  }

  @Override
  public Optional<String> chatTemplate() {
    return Optional.empty();
  }

  @Override
  public List<Tensor> tensors() {
    return List.copyOf(tensors);
  }

  @Override
  public Map<String, Object> metadata() {
    return Map.of();
  }

  @Override
  public String fingerprint() {
    return "0123456789abcdef0123456789abcdef";
  }

  @Override
  public void close() {
    arena.close();
  }
}
