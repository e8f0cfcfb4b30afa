package dev.ebb.it.parity;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLayout;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import dev.ebb.it.harness.Backends;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One backend with room for one window of tokens, used without an engine. */
final class WindowForward implements AutoCloseable {
  private static final int ALIGNMENT = 4096;

  private final Arena arena = Arena.ofShared();
  private final Backend backend;
  private final BatchDescriptor batch = new BatchDescriptor();
  private final int blocks;
  private final int vocabulary;

  WindowForward(String name, int threads, ModelFile model, int windowTokens) {
    backend = Backends.open(name, threads);
    KvLayout layout = KvLayout.of(model.config(), backend.kvType());
    blocks = (windowTokens + KvLayout.BLOCK_TOKENS - 1) / KvLayout.BLOCK_TOKENS;
    vocabulary = model.config().vocabulary();
    backend.load(model, layout);
    backend.attach(arena.allocate(blocks * layout.blockBytes(), ALIGNMENT), blocks,
        new BatchLimits(windowTokens, 1, windowTokens));
  }

  /**
   * Computes a window as one step.
   *
   * @return the logits of every position, {@code [tokens][vocabulary]}, valid until the next call
   */
  MemorySegment[] logits(int[] window) {
    batch.begin(new BatchLayout(window.length, 1, blocks, window.length, vocabulary));
    for (int i = 0; i < window.length; i++) {
      batch.token(i, window[i], i, slot(i));
      batch.output(i, i);
    }
    batch.sequence(0, 0, 0);
    batch.sequence(1, window.length, blocks);
    for (int i = 0; i < blocks; i++) {
      batch.block(i, physical(i), 0);
    }
    backend.forward(batch);
    MemorySegment[] rows = new MemorySegment[window.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = batch.logits(i);
    }
    return rows;
  }

  /** Blocks lie in reverse order, so that a backend that ignores the block table fails. */
  private int physical(int logical) {
    return blocks - 1 - logical;
  }

  private int slot(int position) {
    return physical(position / KvLayout.BLOCK_TOKENS) * KvLayout.BLOCK_TOKENS + position % KvLayout.BLOCK_TOKENS;
  }

  /** One logit. */
  static float at(MemorySegment row, int token) {
    return row.getAtIndex(ValueLayout.JAVA_FLOAT, token);
  }

  @Override
  public void close() {
    backend.close();
    batch.close();
    arena.close();
  }
}
