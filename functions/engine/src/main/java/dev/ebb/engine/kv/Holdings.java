package dev.ebb.engine.kv;

/** What this process holds: how often each block, and what it was given out as when it was first held. */
final class Holdings {
  private final int[] references;
  private final long[] editions;

  Holdings(int blocks) {
    references = new int[blocks];
    editions = new long[blocks];
  }

  boolean holds(int block) {
    return references[block] > 0;
  }

  /** Counts a hold on a block; nobody gets it to write under another edition before the last is gone. */
  void hold(int block, long edition) {
    references[block]++;
    editions[block] = edition;
  }

  /** Counts one hold less; whether it was the last. */
  boolean less(int block) {
    return --references[block] == 0;
  }

  long edition(int block) {
    if (!holds(block)) {
      throw new IllegalStateException("block " + block + " is not held here, so it may change");
    }
    return editions[block];
  }

  /** Blocks held. */
  int count() {
    int held = 0;
    for (int count : references) {
      held += count > 0 ? 1 : 0;
    }
    return held;
  }

  /** Holds of each block. */
  int[] references() {
    return references.clone();
  }
}
