package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_NEXT_WANT;
import static dev.ebb.engine.kv.ArenaFormat.SLOTS;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_BLOCKS;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_OVERTAKEN;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_PRIORITY;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_TICKET;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * What the first waiting sequence of each attached process lacks. Processes take blocks as they are freed; one that
 * waits for many at once would never see them together while another goes on starting sequences that need few.
 *
 * <p>So a want lets {@value #OVERTAKERS} new sequences of others pass, which use what is free meanwhile. From then on
 * its blocks are set aside: others start only what fits beside them. Sequences that hold blocks go on, and give them
 * back in the end. A want of a lower priority number is served first, among equals the older one. It ends with its
 * process. Used inside the arena's scope.
 */
public final class Wants {
  static final int OVERTAKERS = 8;

  private final MemorySegment memory;
  private final ProcessSlots slots;
  private final int own;
  private final Runnable enter;

  Wants(MemorySegment memory, ProcessSlots slots, int own, Runnable enter) {
    this.memory = memory;
    this.slots = slots;
    this.own = own;
    this.enter = enter;
  }

  /** Says that this process waits until {@code blocks} are available; a want that stands keeps its place. */
  public void declare(int blocks, int priority) {
    enter.run();
    if (blocks(own) == 0) {
      int ticket = memory.get(JAVA_INT, AT_NEXT_WANT);
      memory.set(JAVA_INT, AT_NEXT_WANT, ticket + 1);
      set(own, SLOT_WANT_TICKET, ticket);
      set(own, SLOT_WANT_OVERTAKEN, 0);
    }
    set(own, SLOT_WANT_PRIORITY, priority);
    set(own, SLOT_WANT_BLOCKS, blocks);
  }

  /** Waits for nothing any more. */
  public void withdraw() {
    enter.run();
    set(own, SLOT_WANT_BLOCKS, 0);
  }

  /** Blocks that a new sequence of this process must leave to others. */
  public int setAside(int priority) {
    enter.run();
    int blocks = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      blocks += before(slot, priority) && get(slot, SLOT_WANT_OVERTAKEN) >= OVERTAKERS ? blocks(slot) : 0;
    }
    return blocks;
  }

  /** Tells those who wanted blocks before that a new sequence of this process got some. */
  public void overtake(int priority) {
    enter.run();
    for (int slot = 0; slot < SLOTS; slot++) {
      if (before(slot, priority)) {
        set(slot, SLOT_WANT_OVERTAKEN, get(slot, SLOT_WANT_OVERTAKEN) + 1);
      }
    }
  }

  /** Whether another process wants blocks, and before a new sequence of this one. */
  private boolean before(int slot, int priority) {
    if (slot == own || blocks(slot) == 0 || !slots.used(slot)) {
      return false;
    }
    int theirs = get(slot, SLOT_WANT_PRIORITY);
    // Tickets may have gone around, so it is their distance that counts.
    boolean older = blocks(own) == 0 || get(slot, SLOT_WANT_TICKET) - get(own, SLOT_WANT_TICKET) < 0;
    return theirs < priority || theirs == priority && older;
  }

  private int blocks(int slot) {
    return get(slot, SLOT_WANT_BLOCKS);
  }

  private int get(int slot, int field) {
    return memory.get(JAVA_INT, ProcessSlots.at(slot) + field);
  }

  private void set(int slot, int field, int value) {
    memory.set(JAVA_INT, ProcessSlots.at(slot) + field, value);
  }
}
