package dev.ebb.engine.kv;

import java.util.HashSet;
import java.util.Set;

/** What must hold for the index whenever nobody is changing it. Callers hold the index lock. */
record IndexCheck(BlockIndex index, int blocks) {

  BlockCensus census() {
    int free = 0;
    int cached = 0;
    for (int block = 0; block < blocks; block++) {
      if (index.queued(block)) {
        free += index.state(block) == BlockIndex.FREE ? 1 : 0;
        cached += index.state(block) == BlockIndex.PUBLISHED ? 1 : 0;
      }
    }
    return new BlockCensus(blocks, free, cached, blocks - index.available());
  }

  /**
   * Walks all entries.
   *
   * @param references holds of this process on each block
   * @param slot this process's slot
   */
  void check(int[] references, int slot) {
    Set<BlockHash> hashes = new HashSet<>();
    for (int block = 0; block < blocks; block++) {
      boolean marked = (index.holders(block) >>> slot & 1) == 1;
      require(marked == references[block] > 0, block, "has a wrong holder bit");
      checkEntry(block, hashes);
    }
    BlockCensus census = census();
    if (census.free() + census.cached() + census.held() != census.total()) {
      throw new IllegalStateException("blocks got lost: " + census);
    }
  }

  private void checkEntry(int block, Set<BlockHash> seen) {
    boolean held = index.holders(block) != 0 || index.leases(block) != 0;
    require(held != index.queued(block), block, "is held and available, or neither");
    require(index.leases(block) >= 0, block, "has a negative lease count");
    switch (index.state(block)) {
      case BlockIndex.FREE -> require(!held, block, "is free and held");
      case BlockIndex.WRITING -> require(held, block, "is being written by nobody");
      case BlockIndex.PUBLISHED -> {
        require(seen.add(index.hash(block)), block, "has the hash of another block");
        require(index.find(index.hash(block)).orElse(-1) == block, block, "is not found by its hash");
      }
      default -> require(false, block, "has the unknown state " + index.state(block));
    }
  }

  private static void require(boolean holds, int block, String complaint) {
    if (!holds) {
      throw new IllegalStateException("block " + block + " " + complaint);
    }
  }
}
