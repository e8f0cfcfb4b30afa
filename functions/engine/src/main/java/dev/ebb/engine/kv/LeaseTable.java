package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_LEASE_CHECK_MS;
import static dev.ebb.engine.kv.ArenaFormat.AT_LEASE_LATEST_MS;
import static dev.ebb.engine.kv.ArenaFormat.AT_NEXT_LEASE;
import static dev.ebb.engine.kv.ArenaFormat.LEASES;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_BLOCKS;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_COUNT;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_EXPIRES_MS;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_GRANTED_MS;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_ID;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_STATE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;

/**
 * Leases keep blocks alive between the process that computed them and the one that goes on with them.
 * An active record is the truth; the entries' lease counts follow from the records. A lease id is
 * {@code serial * LEASES + record}, never used twice in an arena. Callers hold the index lock.
 *
 * <p>Times are the wall clock's, the one clock that all containers of a machine have in common. It may be set back, by
 * hours, so a lease has a beginning too: before it, it has expired as well, and is computed again rather than kept.
 */
final class LeaseTable {
  private static final int ACTIVE = 1;

  private final MemorySegment memory;
  private final ArenaFormat format;
  private final BlockIndex index;

  LeaseTable(MemorySegment memory, ArenaFormat format, BlockIndex index) {
    this.memory = memory;
    this.format = format;
    this.index = index;
  }

  /** Holds blocks until claimed or expired; empty when every record is in use. */
  OptionalLong grant(int[] blocks, long nowMs, long expiresAtMs) {
    for (int record = 0; record < LEASES; record++) {
      long at = format.lease(record);
      if (memory.get(JAVA_INT, at + LEASE_STATE) != ACTIVE) {
        return OptionalLong.of(write(record, at, blocks, nowMs, expiresAtMs));
      }
    }
    return OptionalLong.empty();
  }

  private long write(int record, long at, int[] blocks, long nowMs, long expiresAtMs) {
    long serial = memory.get(JAVA_LONG, AT_NEXT_LEASE);
    memory.set(JAVA_LONG, AT_NEXT_LEASE, serial + 1);
    long id = serial * LEASES + record;
    memory.set(JAVA_LONG, at + LEASE_ID, id);
    memory.set(JAVA_LONG, at + LEASE_GRANTED_MS, nowMs);
    memory.set(JAVA_LONG, at + LEASE_EXPIRES_MS, expiresAtMs);
    memory.set(JAVA_INT, at + LEASE_COUNT, blocks.length);
    MemorySegment.copy(blocks, 0, memory, JAVA_INT, at + LEASE_BLOCKS, blocks.length);
    VarHandle.fullFence();
    memory.set(JAVA_INT, at + LEASE_STATE, ACTIVE);
    for (int block : blocks) {
      index.leases(block, index.leases(block) + 1);
    }
    long check = memory.get(JAVA_LONG, AT_LEASE_CHECK_MS);
    memory.set(JAVA_LONG, AT_LEASE_CHECK_MS, Math.min(check, expiresAtMs));
    memory.set(JAVA_LONG, AT_LEASE_LATEST_MS, Math.max(memory.get(JAVA_LONG, AT_LEASE_LATEST_MS), nowMs));
    return id;
  }

  /** Whether the lease is there, unexpired, and holds exactly these blocks. */
  boolean holds(long id, int[] blocks, long nowMs) {
    if (id < 0) {
      return false;
    }
    long at = format.lease((int) (id % LEASES));
    return memory.get(JAVA_INT, at + LEASE_STATE) == ACTIVE
        && memory.get(JAVA_LONG, at + LEASE_ID) == id
        && runs(at, nowMs)
        && java.util.Arrays.equals(blocks(at), blocks);
  }

  private boolean runs(long at, long nowMs) {
    return memory.get(JAVA_LONG, at + LEASE_GRANTED_MS) <= nowMs
        && nowMs < memory.get(JAVA_LONG, at + LEASE_EXPIRES_MS);
  }

  /** Ends a lease; blocks that nobody else holds become available, unpublished ones free. */
  void end(long id) {
    endRecord(format.lease((int) (id % LEASES)));
  }

  private void endRecord(long at) {
    int[] blocks = blocks(at);
    memory.set(JAVA_INT, at + LEASE_STATE, 0);
    VarHandle.fullFence();
    for (int i = blocks.length - 1; i >= 0; i--) {
      index.leases(blocks[i], index.leases(blocks[i]) - 1);
      index.settle(blocks[i]);
    }
  }

  /** Ends every lease that has expired; cheap when none can have. */
  void expire(long nowMs) {
    boolean setBack = nowMs < memory.get(JAVA_LONG, AT_LEASE_LATEST_MS);
    if (nowMs < memory.get(JAVA_LONG, AT_LEASE_CHECK_MS) && !setBack) {
      return;
    }
    long next = Long.MAX_VALUE;
    long latest = 0;
    for (int record = 0; record < LEASES; record++) {
      long at = format.lease(record);
      if (memory.get(JAVA_INT, at + LEASE_STATE) == ACTIVE) {
        if (runs(at, nowMs)) {
          next = Math.min(next, memory.get(JAVA_LONG, at + LEASE_EXPIRES_MS));
          latest = Math.max(latest, memory.get(JAVA_LONG, at + LEASE_GRANTED_MS));
        } else {
          endRecord(at);
        }
      }
    }
    memory.set(JAVA_LONG, AT_LEASE_CHECK_MS, next);
    memory.set(JAVA_LONG, AT_LEASE_LATEST_MS, latest);
  }

  /** Sets the entries' lease counts from the records; a record that makes no sense is dropped. */
  void recount() {
    for (int block = 0; block < format.blocks(); block++) {
      index.leases(block, 0);
    }
    for (int record = 0; record < LEASES; record++) {
      long at = format.lease(record);
      if (memory.get(JAVA_INT, at + LEASE_STATE) == ACTIVE) {
        for (int block : blocks(at)) {
          index.leases(block, index.leases(block) + 1);
        }
      }
    }
    memory.set(JAVA_LONG, AT_LEASE_CHECK_MS, 0);
  }

  int active() {
    int count = 0;
    for (int record = 0; record < LEASES; record++) {
      count += memory.get(JAVA_INT, format.lease(record) + LEASE_STATE) == ACTIVE ? 1 : 0;
    }
    return count;
  }

  private int[] blocks(long at) {
    int count = memory.get(JAVA_INT, at + LEASE_COUNT);
    return memory.asSlice(at + LEASE_BLOCKS, 4L * count).toArray(JAVA_INT);
  }
}
