package dev.ebb.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.ebb.engine.backend.Backend;
import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.backend.BatchLayout;
import dev.ebb.engine.backend.BatchLimits;
import dev.ebb.engine.backend.SamplingDescriptor;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.model.ModelFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A backend without weights. The "keys and values" of a token are a number mixed from its id, its
 * position and all numbers before it, read back through the block table; the logits are mixed from all
 * numbers of the sequence. So any mix-up of blocks, positions or order changes tokens, as it would with
 * a real network, and nothing else does.
 */
final class EchoBackend implements Backend {
  static final KvLayout LAYOUT = new KvLayout(1, 1, 1, KvLayout.BLOCK_TOKENS, KvLayout.Type.F32);

  private OwnMemory memory;
  private BatchLimits limits;
  private int blocks;
  private int steps;
  private int failAtStep = -1;
  private BackendException failure;
  private int logitsRows;
  private long tokensComputed;
  private boolean choosing;
  private final List<float[]> kept = new ArrayList<>();
  private int stepsChosen;

  /** From now on it chooses greedy tokens itself. */
  void startChoosing() {
    choosing = true;
  }

  /** Steps whose tokens it chose. */
  int stepsChosen() {
    return stepsChosen;
  }

  @Override
  public boolean chooses() {
    return choosing;
  }

  @Override
  public void choose(SamplingDescriptor sampling) {
    stepsChosen++;
    if (sampling.draws() > limits.sequences()) {
      throw new IllegalStateException(sampling.draws() + " draws beyond " + limits);
    }
    for (int i = 0; i < sampling.draws(); i++) {
      float[] row = kept.get(sampling.row(i));
      sampling.chosen(i, IntStream.range(0, row.length).reduce((a, b) -> row[b] > row[a] ? b : a).orElseThrow());
    }
  }

  @Override
  public String name() {
    return "echo";
  }

  @Override
  public String device() {
    return "none";
  }

  @Override
  public KvLayout.Type kvType() {
    return KvLayout.Type.F32;
  }

  @Override
  public void load(ModelFile model, KvLayout layout) {
    if (layout.blockBytes() < 8L * layout.blockTokens()) {
      throw new IllegalArgumentException("a token needs 8 bytes");
    }
  }

  @Override
  public void attach(MemorySegment blockMemory, int count, BatchLimits most) {
    memory = new OwnMemory(blockMemory, count);
    blocks = count;
    limits = most;
  }

  /** Makes forward number {@code step}, counted from 0, fail. */
  void failAt(int step, BackendException.Reason reason) {
    failAtStep = step;
    failure = new BackendException(reason, "made to fail");
  }

  /** Rows of keys and values that came from the arena, not from its own steps. */
  long rowsBrought() {
    return memory.brought();
  }

  int steps() {
    return steps;
  }

  /** Greatest number of output rows of a step. */
  int logitsRowsMax() {
    return logitsRows;
  }

  long tokensComputed() {
    return tokensComputed;
  }

  @Override
  public void forward(BatchDescriptor batch) {
    if (steps++ == failAtStep) {
      throw failure;
    }
    BatchLayout layout = batch.layout();
    checkLimits(layout);
    logitsRows = Math.max(logitsRows, layout.outputs());
    tokensComputed += layout.tokens();
    checkSlots(batch);
    int row = 0;
    for (int s = 0; s < layout.sequences(); s++) {
      memory.bring(batch, s);
    }
    for (int s = 0; s < layout.sequences(); s++) {
      for (int token = batch.firstToken(s); token < batch.firstToken(s + 1); token++) {
        long state = compute(batch, s, token);
        if (row < layout.outputs() && batch.outputToken(row) == token) {
          writeLogits(batch, row++, state);
        }
      }
    }
    if (row != layout.outputs()) {
      throw new IllegalStateException("output rows are not ascending token indices");
    }
    keep(batch);
  }

  /** Takes the logits away where they are left here: who reads them all the same finds no number. */
  private void keep(BatchDescriptor batch) {
    kept.clear();
    for (int row = 0; batch.logitsKept() && row < batch.layout().outputs(); row++) {
      kept.add(batch.logits(row).toArray(JAVA_FLOAT));
      batch.logits(row).fill((byte) 0xFF);
    }
  }

  /** What a backend made room for when it started is all that it is asked to compute. */
  private void checkLimits(BatchLayout batch) {
    if (batch.tokens() > limits.tokens() || batch.sequences() > limits.sequences()
        || batch.outputs() > limits.outputs()) {
      throw new IllegalStateException("a batch beyond " + limits + ": " + batch);
    }
  }

  private void checkSlots(BatchDescriptor batch) {
    Set<Integer> slots = new HashSet<>();
    for (int token = 0; token < batch.layout().tokens(); token++) {
      if (!slots.add(batch.slot(token))) {
        throw new IllegalStateException("two tokens are written to slot " + batch.slot(token));
      }
    }
  }

  private long compute(BatchDescriptor batch, int s, int token) {
    int position = batch.position(token);
    int first = batch.firstBlock(s);
    if (batch.slot(token) != slot(batch, first, position)) {
      throw new IllegalStateException("slot mapping and block table disagree at position " + position);
    }
    long state = 0;
    for (int before = 0; before < position; before++) {
      state = mix(state ^ memory.read(inside(slot(batch, first, before))));
    }
    long own = mix(state + 31L * batch.tokenId(token) + position);
    memory.write(inside(batch.slot(token)), batch.edition(first + position / KvLayout.BLOCK_TOKENS), own);
    return mix(state ^ own);
  }

  private static int slot(BatchDescriptor batch, int firstBlock, int position) {
    return batch.block(firstBlock + position / KvLayout.BLOCK_TOKENS) * KvLayout.BLOCK_TOKENS
        + position % KvLayout.BLOCK_TOKENS;
  }

  private int inside(int slot) {
    if (slot < 0 || slot >= blocks * KvLayout.BLOCK_TOKENS) {
      throw new IllegalStateException("slot " + slot + " is outside the arena");
    }
    return slot;
  }

  private static void writeLogits(BatchDescriptor batch, int row, long state) {
    long bits = state;
    for (int id = 0; id < batch.layout().vocabulary(); id++) {
      bits = mix(bits + id);
      batch.logit(row, id, (bits >>> 40) * 0x1p-21f);
    }
  }

  /** SplitMix64's finaliser (Steele, Lea, Flood 2014). */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  @Override
  public void copyBlocks(int[] source, int[] target) {
    for (int i = 0; i < source.length; i++) {
      memory.copy(source[i], target[i]);
    }
  }

  @Override
  public void close() {
    memory = null;
  }
}
