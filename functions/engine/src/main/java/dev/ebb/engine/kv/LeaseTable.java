package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_LEASE_CHECK_MS;
import static dev.ebb.engine.kv.ArenaFormat.AT_NEXT_LEASE;
import static dev.ebb.engine.kv.ArenaFormat.LEASES;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_BLOCKS;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_COUNT;
import static dev.ebb.engine.kv.ArenaFormat.LEASE_EXPIRES_MS;
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
  OptionalLong grant(int[] blocks, long expiresAtMs) {
    for (int record = 0; record < LEASES; record++) {
      long at = format.lease(record);
      if (memory.get(JAVA_INT, at + LEASE_STATE) != ACTIVE) {
        return OptionalLong.of(write(record, at, blocks, expiresAtMs));
      }
    }
    return OptionalLong.empty();
  }

  private long write(int record, long at, int[] blocks, long expiresAtMs) {
    long serial = memory.get(JAVA_LONG, AT_NEXT_LEASE);
    memory.set(JAVA_LONG, AT_NEXT_LEASE, serial + 1);
    long id = serial * LEASES + record;
    memory.set(JAVA_LONG, at + LEASE_ID, id);
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
        && memory.get(JAVA_LONG, at + LEASE_EXPIRES_MS) > nowMs
        && java.util.Arrays.equals(blocks(at), blocks);
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
    if (nowMs < memory.get(JAVA_LONG, AT_LEASE_CHECK_MS)) {
      return;
    }
    long next = Long.MAX_VALUE;
    for (int record = 0; record < LEASES; record++) {
      long at = format.lease(record);
      if (memory.get(JAVA_INT, at + LEASE_STATE) == ACTIVE) {
        long expires = memory.get(JAVA_LONG, at + LEASE_EXPIRES_MS);
        if (expires <= nowMs) {
          endRecord(at);
        } else {
          next = Math.min(next, expires);
        }
      }
    }
    memory.set(JAVA_LONG, AT_LEASE_CHECK_MS, next);
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
