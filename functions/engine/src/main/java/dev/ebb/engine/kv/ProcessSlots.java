package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_NEXT_SESSION;
import static dev.ebb.engine.kv.ArenaFormat.AT_SLOTS;
import static dev.ebb.engine.kv.ArenaFormat.SLOTS;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_BYTES;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_PID;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_SESSION;
import static dev.ebb.engine.kv.ArenaFormat.SLOT_WANT_BLOCKS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ebb.engine.kv.ArenaException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileLock;

/**
 * The attached processes. Each holds the lock of its slot's byte for life, so a slot whose byte can be
 * locked by another belongs to nobody living. Callers hold the index lock.
 */
final class ProcessSlots {

  /**
   * One attachment.
   *
   * @param session number of this attachment, never used twice in an arena
   */
  record Slot(int number, long session, FileLock lock) {}

  private final ArenaFile file;
  private final MemorySegment memory;

  ProcessSlots(ArenaFile file, MemorySegment memory) {
    this.file = file;
    this.memory = memory;
  }

  /** Takes a slot that nobody living has; {@link #deadSlots()} must have been reclaimed before. */
  Slot claim() {
    for (int number = 0; number < SLOTS; number++) {
      if (used(number)) {
        continue;
      }
      FileLock lock = file.tryLockSlot(number);
      if (lock != null) {
        long session = memory.get(JAVA_LONG, AT_NEXT_SESSION);
        memory.set(JAVA_LONG, AT_NEXT_SESSION, session + 1);
        // An earlier version may have taken the slot from a dead process without a thought for it.
        memory.set(JAVA_INT, at(number) + SLOT_WANT_BLOCKS, 0);
        memory.set(JAVA_LONG, at(number) + SLOT_PID, ProcessHandle.current().pid());
        memory.set(JAVA_LONG, at(number) + SLOT_SESSION, session);
        return new Slot(number, session, lock);
      }
    }
    throw new ArenaException(Reason.NO_SLOT, SLOTS + " processes already use the KV arena " + file.path()
        + ". Stop some, or set EBB_ARENA_DIR to another folder");
  }

  void giveBack(Slot slot) {
    forget(slot.number());
    try {
      slot.lock().release();
    } catch (IOException e) {
      throw new UncheckedIOException("leaving the KV arena " + file.path(), e);
    }
  }

  /** Bits of the slots that are marked as used and whose process is gone. */
  long deadSlots() {
    long dead = 0;
    for (int number = 0; number < SLOTS; number++) {
      if (used(number) && !file.slotAlive(number)) {
        dead |= 1L << number;
      }
    }
    return dead;
  }

  /** Bits of the slots that are marked as used. */
  long usedSlots() {
    long used = 0;
    for (int number = 0; number < SLOTS; number++) {
      used |= used(number) ? 1L << number : 0;
    }
    return used;
  }

  void forget(int number) {
    memory.set(JAVA_INT, at(number) + SLOT_WANT_BLOCKS, 0);
    memory.set(JAVA_LONG, at(number) + SLOT_SESSION, 0L);
  }

  /** Whether a slot is marked as used. */
  boolean used(int number) {
    return memory.get(JAVA_LONG, at(number) + SLOT_SESSION) != 0;
  }

  /** Offset of a slot. */
  static long at(int number) {
    return AT_SLOTS + (long) SLOT_BYTES * number;
  }
}
