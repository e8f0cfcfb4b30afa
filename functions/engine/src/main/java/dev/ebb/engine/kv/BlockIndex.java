package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_AVAILABLE;
import static dev.ebb.engine.kv.ArenaFormat.AT_QUEUE_HEAD;
import static dev.ebb.engine.kv.ArenaFormat.AT_QUEUE_TAIL;
import static dev.ebb.engine.kv.ArenaFormat.AT_TICK;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_BUCKET_NEXT;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_EDITION;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_HASH;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_HOLDERS;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_LAST_USE;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_LEASES;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_QUEUED;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_QUEUE_NEXT;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_QUEUE_PREVIOUS;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_STATE;
import static dev.ebb.engine.kv.ArenaFormat.ENTRY_WRITER;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The block entries in the mapped file, the hash index over them and the queue of blocks that nobody
 * holds. Callers hold the index lock.
 *
 * <p>The entries are the truth; hash index and queue follow from them and are rebuilt when a process
 * died while it changed them. So stores to an entry are ordered: a state that gives a block meaning is
 * written after what it means, a state that takes it away before.
 */
final class BlockIndex {
  static final int FREE = 0;
  static final int WRITING = 1;
  static final int PUBLISHED = 2;

  private final MemorySegment memory;
  private final ArenaFormat format;

  BlockIndex(MemorySegment memory, ArenaFormat format) {
    this.memory = memory;
    this.format = format;
  }

  // ---- entries

  int state(int block) {
    return get(block, ENTRY_STATE);
  }

  private void state(int block, int state) {
    VarHandle.fullFence();
    set(block, ENTRY_STATE, state);
    VarHandle.fullFence();
  }

  long holders(int block) {
    return memory.get(JAVA_LONG, format.entry(block) + ENTRY_HOLDERS);
  }

  int leases(int block) {
    return get(block, ENTRY_LEASES);
  }

  void leases(int block, int count) {
    set(block, ENTRY_LEASES, count);
  }

  long writer(int block) {
    return memory.get(JAVA_LONG, format.entry(block) + ENTRY_WRITER);
  }

  /** How often the block was given to a writer: with the block's number it names what is in it, for good. */
  long edition(int block) {
    return memory.get(JAVA_LONG, format.entry(block) + ENTRY_EDITION);
  }

  boolean queued(int block) {
    return get(block, ENTRY_QUEUED) == 1;
  }

  BlockHash hash(int block) {
    long at = format.entry(block) + ENTRY_HASH;
    return new BlockHash(memory.get(JAVA_LONG, at), memory.get(JAVA_LONG, at + 8),
        memory.get(JAVA_LONG, at + 16), memory.get(JAVA_LONG, at + 24));
  }

  private void hash(int block, BlockHash hash) {
    long at = format.entry(block) + ENTRY_HASH;
    memory.set(JAVA_LONG, at, hash.word0());
    memory.set(JAVA_LONG, at + 8, hash.word1());
    memory.set(JAVA_LONG, at + 16, hash.word2());
    memory.set(JAVA_LONG, at + 24, hash.word3());
  }

  // ---- holding

  /** Takes the least recently used block that nobody holds; the queue must not be empty. */
  int take(int slot) {
    int block = memory.get(JAVA_INT, AT_QUEUE_HEAD) - 1;
    if (block < 0) {
      throw new IllegalStateException("no block is available");
    }
    boolean published = state(block) == PUBLISHED;
    // Before all else: whoever dies from here on leaves no new content under the old number.
    memory.set(JAVA_LONG, format.entry(block) + ENTRY_EDITION, edition(block) + 1);
    state(block, WRITING);
    if (published) {
      unindex(block);
    }
    hold(block, slot);
    return block;
  }

  /** Sets the slot's holder bit; the block leaves the queue. */
  void hold(int block, int slot) {
    holders(block, holders(block) | 1L << slot);
    leaveQueue(block);
  }

  /** Clears the slot's holder bit; a block that nobody holds any more becomes available. */
  void unhold(int block, int slot) {
    holders(block, holders(block) & ~(1L << slot));
    settle(block);
  }

  private void holders(int block, long bits) {
    memory.set(JAVA_LONG, format.entry(block) + ENTRY_HOLDERS, bits);
  }

  /** Puts a block that nobody holds where it belongs: published ones last, others first. */
  void settle(int block) {
    if (holders(block) != 0 || leases(block) != 0 || queued(block)) {
      return;
    }
    if (state(block) == PUBLISHED) {
      long tick = memory.get(JAVA_LONG, AT_TICK) + 1;
      memory.set(JAVA_LONG, AT_TICK, tick);
      memory.set(JAVA_LONG, format.entry(block) + ENTRY_LAST_USE, tick);
      enqueueLast(block);
    } else {
      state(block, FREE);
      enqueueFirst(block);
    }
  }

  // ---- hash index

  OptionalInt find(BlockHash hash) {
    int block = memory.get(JAVA_INT, bucket(hash)) - 1;
    while (block >= 0) {
      if (hash(block).equals(hash)) {
        return OptionalInt.of(block);
      }
      block = get(block, ENTRY_BUCKET_NEXT) - 1;
    }
    return OptionalInt.empty();
  }

  /** Makes a completely written block visible; when another has the hash it stays private. */
  boolean publish(int block, BlockHash hash, long session) {
    if (find(hash).isPresent()) {
      return false;
    }
    hash(block, hash);
    memory.set(JAVA_LONG, format.entry(block) + ENTRY_WRITER, session);
    state(block, PUBLISHED);
    index(block);
    return true;
  }

  private long bucket(BlockHash hash) {
    return format.bucket((int) hash.word0() & format.buckets() - 1);
  }

  private void index(int block) {
    long bucket = bucket(hash(block));
    set(block, ENTRY_BUCKET_NEXT, memory.get(JAVA_INT, bucket));
    memory.set(JAVA_INT, bucket, block + 1);
  }

  private void unindex(int block) {
    long at = bucket(hash(block));
    while (memory.get(JAVA_INT, at) != block + 1) {
      at = format.entry(memory.get(JAVA_INT, at) - 1) + ENTRY_BUCKET_NEXT;
    }
    memory.set(JAVA_INT, at, get(block, ENTRY_BUCKET_NEXT));
  }

  // ---- queue of available blocks

  int available() {
    return memory.get(JAVA_INT, AT_AVAILABLE);
  }

  private void enqueueFirst(int block) {
    int head = memory.get(JAVA_INT, AT_QUEUE_HEAD);
    link(block, 0, head);
  }

  private void enqueueLast(int block) {
    int tail = memory.get(JAVA_INT, AT_QUEUE_TAIL);
    link(block, tail, 0);
  }

  private void link(int block, int previous, int next) {
    set(block, ENTRY_QUEUE_PREVIOUS, previous);
    set(block, ENTRY_QUEUE_NEXT, next);
    joinQueue(previous, next, block + 1, block + 1);
    set(block, ENTRY_QUEUED, 1);
    memory.set(JAVA_INT, AT_AVAILABLE, available() + 1);
  }

  private void leaveQueue(int block) {
    if (!queued(block)) {
      return;
    }
    int previous = get(block, ENTRY_QUEUE_PREVIOUS);
    int next = get(block, ENTRY_QUEUE_NEXT);
    joinQueue(previous, next, next, previous);
    set(block, ENTRY_QUEUED, 0);
    memory.set(JAVA_INT, AT_AVAILABLE, available() - 1);
  }

  /** Lets {@code previous} point to {@code after} and {@code next} back to {@code before}; 0 is the queue's end. */
  private void joinQueue(int previous, int next, int after, int before) {
    if (previous == 0) {
      memory.set(JAVA_INT, AT_QUEUE_HEAD, after);
    } else {
      set(previous - 1, ENTRY_QUEUE_NEXT, after);
    }
    if (next == 0) {
      memory.set(JAVA_INT, AT_QUEUE_TAIL, before);
    } else {
      set(next - 1, ENTRY_QUEUE_PREVIOUS, before);
    }
  }

  // ---- repair

  /** Rebuilds hash index and queue from the entries, whose lease counts must be right by now. */
  void rebuild() {
    for (int i = 0; i < format.buckets(); i++) {
      memory.set(JAVA_INT, format.bucket(i), 0);
    }
    memory.set(JAVA_INT, AT_QUEUE_HEAD, 0);
    memory.set(JAVA_INT, AT_QUEUE_TAIL, 0);
    memory.set(JAVA_INT, AT_AVAILABLE, 0);
    for (int block = format.blocks() - 1; block >= 0; block--) {
      rebuildEntry(block);
    }
    int[] cached = IntStream.range(0, format.blocks())
        .filter(b -> state(b) == PUBLISHED && holders(b) == 0 && leases(b) == 0)
        .boxed().sorted(Comparator.comparingLong(this::lastUse)).mapToInt(Integer::intValue).toArray();
    Arrays.stream(cached).forEach(this::enqueueLast);
  }

  private long lastUse(int block) {
    return memory.get(JAVA_LONG, format.entry(block) + ENTRY_LAST_USE);
  }

  private void rebuildEntry(int block) {
    set(block, ENTRY_QUEUED, 0);
    if (state(block) == PUBLISHED && find(hash(block)).isEmpty()) {
      index(block);
    } else if (holders(block) == 0 && leases(block) == 0) {
      state(block, FREE);
      enqueueFirst(block);
    } else {
      state(block, WRITING);
    }
  }

  /** Clears the holder bits outside {@code alive}; {@link #rebuild()} must follow. */
  void keepHolders(long alive) {
    for (int block = 0; block < format.blocks(); block++) {
      holders(block, holders(block) & alive);
    }
  }

  private int get(int block, int field) {
    return memory.get(JAVA_INT, format.entry(block) + field);
  }

  private void set(int block, int field, int value) {
    memory.set(JAVA_INT, format.entry(block) + field, value);
  }
}
