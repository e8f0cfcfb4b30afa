package dev.ebb.nativecore;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;

/** A backend behind the native table. */
final class NativeBackend implements Backend {
  private static final Logger LOG = System.getLogger(NativeBackend.class.getName());
  private static final Cleaner CLEANER = Cleaner.create();

  private final String name;
  private final String device;
  private final KvLayout.Type kvType;
  private final Handle handle;
  private final Cleaner.Cleanable cleanable;
  private final boolean chooses;
  // Held because native code reads their memory for as long as the handle lives.
  private ModelFile model;
  private MemorySegment blockMemory;

  /** Opens the backend; the library is loaded. */
  NativeBackend(String name, KvLayout.Type kvType, int threads) {
    this.name = name;
    this.device = NativeBindings.describe(name);
    this.kvType = kvType;
    this.handle = new Handle(NativeBindings.open(name, threads));
    this.cleanable = CLEANER.register(this, handle);
    this.chooses = NativeBindings.chooses(handle.value());
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public KvLayout.Type kvType() {
    return kvType;
  }

  @Override
  public void load(ModelFile model, KvLayout layout) {
    this.model = model;
    try (Arena arena = Arena.ofConfined()) {
      tell(NativeBindings.loadModel(handle.value(), ModelLayout.encode(model, layout, arena).address()));
    }
    Reference.reachabilityFence(this);
  }

  private void tell(String notes) {
    if (notes != null) {
      LOG.log(Level.INFO, "{0}: {1}", name, notes);
    }
  }

  @Override
  public void attach(MemorySegment blockMemory, int blocks, BatchLimits limits) {
    if (!blockMemory.isNative()) {
      throw new BackendException(Reason.INVALID_ARGUMENT, "KV blocks cannot lie on the Java heap");
    }
    tell(NativeBindings.attachKv(handle.value(), blockMemory.address(), blockMemory.byteSize(), blocks,
        limits.tokens(), limits.sequences(), limits.outputs()));
    this.blockMemory = blockMemory;
    Reference.reachabilityFence(this);
  }

  @Override
  public void forward(BatchDescriptor batch) {
    tell(NativeBindings.forward(handle.value(), batch.segment().address()));
    Reference.reachabilityFence(batch);
    Reference.reachabilityFence(blockMemory);
    Reference.reachabilityFence(this);
  }

  @Override
  public boolean chooses() {
    return chooses;
  }

  @Override
  public void choose(SamplingDescriptor sampling) {
    NativeBindings.choose(handle.value(), sampling.segment().address());
    Reference.reachabilityFence(sampling);
    Reference.reachabilityFence(this);
  }

  @Override
  public void copyBlocks(int[] source, int[] target) {
    NativeBindings.copyBlocks(handle.value(), source, target);
    Reference.reachabilityFence(this);
  }

  /** Idempotent. The model may be closed afterwards. */
  @Override
  public void close() {
    cleanable.clean();
    model = null;
    blockMemory = null;
  }

  @Override
  public String toString() {
    return device;
  }

  /** The native handle, apart from the backend so that the cleaner can free it. */
  private static final class Handle implements Runnable {
    private long value;

    Handle(long value) {
      this.value = value;
    }

    synchronized long value() {
      if (value == 0) {
        throw new BackendException(Reason.INVALID_ARGUMENT, "the backend is closed");
      }
      return value;
    }

    @Override
    public synchronized void run() {
      NativeBindings.close(value);
      value = 0;
    }
  }
}
