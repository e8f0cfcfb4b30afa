package dev.ebb.engine.backend;

import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.foreign.MemorySegment;

/**
 * Computes the network. One engine thread owns a backend; no method is called concurrently.
 *
 * <p>For a given model the result for a token depends on its sequence alone, bit for bit: not on the
 * other sequences of the batch, nor on how the prompt was cut into steps, nor on the thread count.
 */
public interface Backend extends AutoCloseable {

  /** {@code reference}, {@code cpu}, ... */
  String name();

  /** The device in words, such as the CPU's instruction sets in use. */
  String device();

  /** The element type in which this backend keeps keys and values, as it was opened. */
  KvLayout.Type kvType();

  /** Loads the weights; {@code model} must stay open until {@link #close()}. Called once. */
  void load(ModelFile model, KvLayout layout);

  /**
   * Gives the memory of the KV blocks, {@code blocks * layout.blockBytes()} bytes. A backend with memory of its own
   * makes room there for them and for batches within these limits, so that no step fails for memory later.
   *
   * @throws BackendException with {@code OUT_OF_MEMORY}, naming the settings that would fit
   */
  void attach(MemorySegment blockMemory, int blocks, BatchLimits limits);

  /**
   * One engine step: writes the KV of every token of the batch and the logits of its output rows.
   *
   * @throws BackendException with a typed reason; a lost device is fatal for this backend
   */
  void forward(BatchDescriptor batch);

  /**
   * Whether it can choose tokens itself: then a batch may leave its logits with it
   * ({@link BatchDescriptor#keepLogits}), and {@link #choose} gives the tokens that the sampler would, bit for bit.
   */
  default boolean chooses() {
    return false;
  }

  /** Chooses tokens from the logits of the last step. Only for a backend that {@link #chooses}. */
  default void choose(SamplingDescriptor sampling) {
    throw new UnsupportedOperationException("backend " + name() + " chooses no tokens");
  }

  /** Copies whole blocks, in order. */
  void copyBlocks(int[] source, int[] target);

  @Override
  void close();
}
