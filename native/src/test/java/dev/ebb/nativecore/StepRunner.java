package dev.ebb.nativecore;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLayout;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A backend with a model and KV memory, stepped by hand: what the engine does, without the engine. */
final class StepRunner implements AutoCloseable {
  static final BatchLimits LIMITS = new BatchLimits(256, 16, 256);

  private final Arena arena = Arena.ofShared();
  private final Backend backend;
  private final int vocabulary;
  private final BatchDescriptor batch = new BatchDescriptor();

  StepRunner(Backend backend, ModelFile model, int blocks) {
    this.backend = backend;
    this.vocabulary = model.config().vocabulary();
    KvLayout layout = KvLayout.of(model.config(), backend.kvType());
    backend.load(model, layout);
    MemorySegment memory = arena.allocate(layout.blockBytes() * blocks, 64);
    backend.attach(memory, blocks, LIMITS);
  }

  Backend backend() {
    return backend;
  }

  /**
   * One sequence's part of a step.
   *
   * @param tokens ids of this step's tokens
   * @param firstPosition position of the first of them
   * @param blocks the sequence's whole block table
   */
  record Part(int[] tokens, int firstPosition, int[] blocks) {}

  /** Runs one step; logits of every token, in order. */
  List<float[]> step(Part... parts) {
    int tokens = 0;
    int blocks = 0;
    for (Part part : parts) {
      tokens += part.tokens().length;
      blocks += part.blocks().length;
    }
    batch.begin(new BatchLayout(tokens, parts.length, blocks, tokens, vocabulary));
    fill(parts);
    backend.forward(batch);
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < tokens; row++) {
      rows.add(batch.logits(row).toArray(ValueLayout.JAVA_FLOAT));
    }
    return rows;
  }

  private void fill(Part[] parts) {
    int token = 0;
    int block = 0;
    for (int s = 0; s < parts.length; s++) {
      batch.sequence(s, token, block);
      for (int entry : parts[s].blocks()) {
        batch.block(block++, entry, 0);
      }
      for (int i = 0; i < parts[s].tokens().length; i++) {
        int position = parts[s].firstPosition() + i;
        int physical = parts[s].blocks()[position / KvLayout.BLOCK_TOKENS];
        int slot = physical * KvLayout.BLOCK_TOKENS + position % KvLayout.BLOCK_TOKENS;
        batch.output(token, token);
        batch.token(token++, parts[s].tokens()[i], position, slot);
      }
    }
    batch.sequence(parts.length, token, block);
  }

  /** Runs a whole sequence in steps of at most {@code chunk} tokens. */
  List<float[]> run(int[] tokens, int chunk, int... blocks) {
    List<float[]> rows = new ArrayList<>();
    for (int start = 0; start < tokens.length; start += chunk) {
      int[] part = Arrays.copyOfRange(tokens, start, Math.min(start + chunk, tokens.length));
      rows.addAll(step(new Part(part, start, blocks)));
    }
    return rows;
  }

  @Override
  public void close() {
    backend.close();
    batch.close();
    arena.close();
  }
}
