package dev.ebb.engine;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.foreign.MemorySegment;

/**
 * A backend that counts the KV bytes which it copies from block to block: the one way in which an engine copies any.
 * Not counted is what a backend with memory of its own moves to its device in order to compute.
 */
final class CopyMeter implements Backend {
  private final Backend backend;
  private final long blockBytes;
  private final EngineObserver observer;
  private long bytes;

  CopyMeter(Backend backend, long blockBytes, EngineObserver observer) {
    this.backend = backend;
    this.blockBytes = blockBytes;
    this.observer = observer;
  }

  /** Bytes copied so far. */
  long bytes() {
    return bytes;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String device() {
    return backend.device();
  }

  @Override
  public KvLayout.Type kvType() {
    return backend.kvType();
  }

  @Override
  public void load(ModelFile model, KvLayout layout) {
    backend.load(model, layout);
  }

  @Override
  public void attach(MemorySegment blockMemory, int blocks, BatchLimits limits) {
    backend.attach(blockMemory, blocks, limits);
  }

  @Override
  public void forward(BatchDescriptor batch) {
    backend.forward(batch);
  }

  @Override
  public boolean chooses() {
    return backend.chooses();
  }

  @Override
  public void choose(SamplingDescriptor sampling) {
    backend.choose(sampling);
  }

  @Override
  public void copyBlocks(int[] source, int[] target) {
    backend.copyBlocks(source, target);
    long copied = target.length * blockBytes;
    bytes += copied;
    observer.kvCopied(copied);
  }

  @Override
  public void close() {
    backend.close();
  }
}
