package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_NEXT_WANT;
import static dev.ebb.engine.kv.ArenaFormat.AT_WANT_TIMES;
import static dev.ebb.engine.kv.ArenaFormat.SLOTS;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_BLOCKS;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_OVERTAKEN;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_PRIORITY;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_TICKET;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.time.InstantSource;

/**
 * What the first waiting sequence of each attached process needs. Processes take blocks as they are freed; one that
 * waits for many at once would never see them together while another goes on starting sequences that need few.
 *
 * <p>So a want lets {@value #OVERTAKERS} sequences of others that hold no blocks yet pass, which use what is free
 * meanwhile. From then on its blocks are set aside: others start only what fits beside them. Sequences that hold blocks
 * go on, and give them back in the end. A want of a lower priority number is served first, among equals the older one.
 * It ends with its process, and counts for nothing while its process does not renew it, as one that hangs. Used inside
 * the arena's scope.
 */
public final class Wants {
  static final int OVERTAKERS = 8;
  /** Longer than a step should take; a process in a longer one is waited for no more until it is through. */
  static final long RENEWED_WITHIN_MS = 60_000;

  private final MemorySegment memory;
  private final ProcessSlots slots;
  private final int own;
  private final InstantSource clock;
  private final Runnable enter;

  /**
   * A sequence's standing among all that want blocks, which outlives its want.
   *
   * @param ticket grows with each
   * @param overtaken how many have passed it
   */
  public record Place(int ticket, int overtaken) {}

  Wants(MemorySegment memory, ProcessSlots slots, int own, InstantSource clock, Runnable enter) {
    this.memory = memory;
    this.slots = slots;
    this.own = own;
    this.clock = clock;
    this.enter = enter;
  }

  /** The last place. */
  public Place newPlace() {
    enter.run();
    int ticket = memory.get(JAVA_INT, AT_NEXT_WANT);
    memory.set(JAVA_INT, AT_NEXT_WANT, ticket + 1);
    return new Place(ticket, 0);
  }

  /** Says, or says again, that this process waits until {@code blocks} are available; {@code place} for a new want. */
  public void declare(int blocks, int priority, Place place) {
    enter.run();
    if (blocks(own) == 0) {
      set(own, SLOT_WANT_TICKET, place.ticket());
      set(own, SLOT_WANT_OVERTAKEN, place.overtaken());
    }
    set(own, SLOT_WANT_PRIORITY, priority);
    set(own, SLOT_WANT_BLOCKS, blocks);
    memory.set(JAVA_LONG, time(own), clock.millis());
  }

  /** Waits for nothing just now; gives the place of what waited. */
  public Place withdraw() {
    enter.run();
    set(own, SLOT_WANT_BLOCKS, 0);
    return new Place(get(own, SLOT_WANT_TICKET), get(own, SLOT_WANT_OVERTAKEN));
  }

  /** Blocks that a sequence of this process which holds none yet must leave to others. */
  public int setAside(int priority) {
    enter.run();
    int blocks = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      boolean due = before(slot, priority) && get(slot, SLOT_WANT_OVERTAKEN) >= OVERTAKERS && renewed(slot);
      blocks += due ? blocks(slot) : 0;
    }
    return blocks;
  }

  /** Tells those who wanted blocks before that such a sequence got some. */
  public void overtake(int priority) {
    enter.run();
    for (int slot = 0; slot < SLOTS; slot++) {
      if (before(slot, priority)) {
        set(slot, SLOT_WANT_OVERTAKEN, get(slot, SLOT_WANT_OVERTAKEN) + 1);
      }
    }
  }

  /** Whether another process wants blocks, and before a sequence of this one that comes now. */
  private boolean before(int slot, int priority) {
    if (slot == own || blocks(slot) == 0 || !slots.used(slot)) {
      return false;
    }
    int theirs = get(slot, SLOT_WANT_PRIORITY);
    // A want of this process gives its place to those of its priority alone. Tickets may have gone around, so it is
    // their distance that counts.
    boolean older = blocks(own) == 0 || get(own, SLOT_WANT_PRIORITY) != priority
        || get(slot, SLOT_WANT_TICKET) - get(own, SLOT_WANT_TICKET) < 0;
    return theirs < priority || theirs == priority && older;
  }

  /** A clock that was set back makes a want count for nothing until it is said again, which is soon. */
  private boolean renewed(int slot) {
    long ageMs = clock.millis() - memory.get(JAVA_LONG, time(slot));
    return ageMs >= 0 && ageMs < RENEWED_WITHIN_MS;
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

  private static long time(int slot) {
    return AT_WANT_TIMES + 8L * slot;
  }
}
