package dev.ebb.engine;

import dev.ebb.engine.kv.Arena;
import dev.ebb.engine.sequence.Sequence;
import dev.ebb.engine.transfer.HandOff;
import dev.ebb.engine.transfer.HandOffs;
import java.util.function.LongSupplier;

/** Takes hand-offs over, and tells how long that took and how many bytes were copied in that time. */
final class MeasuredClaims {
  private final HandOffs handOffs;
  private final Arena arena;
  private final CopyMeter copies;
  private final EngineObserver observer;
  private final LongSupplier nanoTime;

  MeasuredClaims(HandOffs handOffs, Arena arena, CopyMeter copies, EngineObserver observer, LongSupplier nanoTime) {
    this.handOffs = handOffs;
    this.arena = arena;
    this.copies = copies;
    this.observer = observer;
    this.nanoTime = nanoTime;
  }

  /** As {@link HandOffs#claim}. */
  boolean claim(Sequence sequence, HandOff handOff) {
    long begin = nanoTime.getAsLong();
    long copied = copies.bytes();
    boolean claimed = handOffs.claim(sequence, handOff);
    if (claimed) {
      observer.handedOver(handOff.blocks().length * arena.layout().blockBytes(), copies.bytes() - copied,
          (nanoTime.getAsLong() - begin) / 1e9);
    }
    return claimed;
  }
}
