package dev.ebb.engine.schedule;

import dev.ebb.engine.kv.Wants;
import dev.ebb.engine.sequence.Sequence;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What this process tells others that it waits for: the blocks of one sequence at a time. Each that ever waited keeps
 * its place until it is admitted or removed, also while another of this process stands before it.
 */
final class OwnWant {
  private final Wants wants;
  private final Map<Sequence, Wants.Place> places = new IdentityHashMap<>();
  private Sequence sequence;

  OwnWant(Wants wants) {
    this.wants = wants;
  }

  /** Waits for as many blocks, for the first that waits. */
  void declare(Sequence first, int blocks) {
    if (sequence != first) {
      makeWay();
      sequence = first;
    }
    wants.declare(blocks, first.priority(), places.computeIfAbsent(first, one -> wants.newPlace()));
  }

  /** Whether something waits behind all of what stands at {@code last}. */
  boolean behind(Sequence last) {
    return sequence != null && Sequence.ORDER.compare(last, sequence) < 0;
  }

  /** Waits for no block just now, but maybe later. */
  void makeWay() {
    if (sequence != null) {
      places.put(sequence, wants.withdraw());
      sequence = null;
    }
  }

  /** It has what it waited for, or is gone. */
  void end(Sequence ended) {
    places.remove(ended);
    if (ended == sequence) {
      sequence = null;
      wants.withdraw();
    }
  }
}
