package dev.ebb.engine.schedule;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.engine.sequence.BlockTable;
import dev.ebb.engine.sequence.Sequence;
import java.util.List;

/** Publishes blocks once all their tokens are computed. */
final class Publisher {
  private final Arena arena;
  private final boolean enabled;

  Publisher(Arena arena, boolean enabled) {
    this.arena = arena;
    this.enabled = enabled;
  }

  void publish(List<SequenceStep> steps) {
    for (SequenceStep step : steps) {
      if (enabled) {
        publish(step.sequence());
      }
    }
  }

  private void publish(Sequence sequence) {
    int full = sequence.computed() / KvLayout.BLOCK_TOKENS;
    BlockTable table = sequence.blocks();
    if (full <= table.published()) {
      return;
    }
    List<BlockHash> hashes = sequence.hashes();
    for (int i = table.published(); i < full; i++) {
      arena.publish(table.block(i), hashes.get(i));
    }
    table.published(full);
  }
}
