package dev.ebb.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebb.engine.backend.BatchDescriptor;
import dev.ebb.engine.kv.KvLayout;
import java.lang.foreign.MemorySegment;

/**
 * A backend's own copy of the arena's blocks, as a device has one: a step brings only the rows that it lacks under the
 * edition that the batch names. A block whose edition did not change with its content shows in what is read.
 */
final class OwnMemory {
  private static final int ROWS = KvLayout.BLOCK_TOKENS;

  private final MemorySegment memory;
  private final long[] rows;
  private final long[] editions;
  private final int[] known;
  private long brought;

  OwnMemory(MemorySegment memory, int blocks) {
    this.memory = memory;
    this.rows = new long[blocks * ROWS];
    this.editions = new long[blocks];
    this.known = new int[blocks];
  }

  /** Rows that came from the arena so far. */
  long brought() {
    return brought;
  }

  /** Brings what a sequence of the batch reads from before the step. */
  void bring(BatchDescriptor batch, int s) {
    if (batch.firstToken(s) == batch.firstToken(s + 1)) {
      return;
    }
    int context = batch.position(batch.firstToken(s));
    for (int entry = batch.firstBlock(s); context > 0; entry++, context -= ROWS) {
      bring(batch.block(entry), batch.edition(entry), Math.min(context, ROWS));
    }
  }

  private void bring(int block, long edition, int needed) {
    if (edition <= 0) {
      throw new IllegalStateException("block " + block + " was never given out");
    }
    if (editions[block] == edition && known[block] >= needed) {
      return;
    }
    for (int row = 0; row < needed; row++) {
      rows[block * ROWS + row] = memory.get(JAVA_LONG, 8L * (block * ROWS + row));
    }
    editions[block] = edition;
    known[block] = needed;
    brought += needed;
  }

  long read(int slot) {
    return rows[slot];
  }

  /** Writes a row here and in the arena; rows of a block are written in order. */
  void write(int slot, long edition, long value) {
    int block = slot / ROWS;
    rows[slot] = value;
    memory.set(JAVA_LONG, 8L * slot, value);
    int before = editions[block] == edition ? known[block] : 0;
    editions[block] = edition;
    known[block] = before < slot % ROWS ? 0 : Math.max(before, slot % ROWS + 1);
  }

  void copy(int source, int target) {
    long bytes = 8L * ROWS;
    MemorySegment.copy(memory, source * bytes, memory, target * bytes, bytes);
    editions[target] = 0;
  }
}
