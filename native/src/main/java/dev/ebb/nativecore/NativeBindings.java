package dev.ebb.nativecore;

/**
 * Every native method of the project; the C++ side is jni/bindings.cpp. All but {@link #abiVersion}
 * throw {@link dev.ebb.engine.backend.BackendException} on failure. A handle belongs to one thread at
 * a time. {@link NativeLibrary#load()} must have succeeded before any of them is called. A text that a call returns
 * is what there is to tell who runs this, such as the rate of a load or what a device refused; null for nothing.
 */
final class NativeBindings {
  /** Version of the backend table in backend.h that this class is written for. */
  static final int ABI_VERSION = 5;

  private NativeBindings() {}

  /** The table version of the loaded library. */
  static native int abiVersion();

  /** The device of a backend, in words; fails with UNSUPPORTED, saying why, where it cannot run. */
  static native String describe(String backend);

  /** Opens a backend with {@code threads} compute threads, the calling one included. */
  static native long open(String backend, int threads);

  /** Reads the weights through an {@code ebb_model} descriptor, which may be freed afterwards. */
  static native String loadModel(long handle, long descriptorAddress);

  /**
   * Gives the KV blocks' memory, which must stay mapped until {@link #close} or the next attach; with it the limits of
   * steps, see {@code ebb_limits}.
   */
  static native String attachKv(long handle, long address, long bytes, int blocks, int tokens, int sequences,
      int outputs);

  /** One engine step over an {@code ebb_batch} descriptor. */
  static native String forward(long handle, long batchAddress);

  /** Whether the backend chooses tokens itself. */
  static native boolean chooses(long handle);

  /** Chooses tokens from the logits of the last step, over an {@code ebb_sampling} descriptor. */
  static native void choose(long handle, long samplingAddress);

  /** Copies block {@code source[i]} to {@code target[i]}, in order. */
  static native void copyBlocks(long handle, int[] source, int[] target);

  /** Frees the handle, which must not be used again. */
  static native void close(long handle);
}
