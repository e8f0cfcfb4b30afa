package dev.ebb.engine.kv;

import dev.ebb.engine.kv.ArenaException.Reason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A process's attachment to the file of KV blocks that all processes of a node share for one model.
 *
 * <p>Blocks are free, written by one holder, or published: visible by hash to all and unchangeable.
 * What a process holds is counted here and marked in the file by one bit, so that others can take it
 * back when the process dies. Published blocks that nobody holds stay as a cache, evicted in the order
 * of their last use when space is needed.
 *
 * <p>Everything that reads or changes the index happens inside a {@link #scope()}, which takes the
 * inter-process lock at its first use and keeps it to its end. One thread uses an arena; only {@link
 * #usage()} may be asked from any.
 */
public final class Arena implements AutoCloseable {
  private final ArenaFile file;
  private final ArenaFormat format;
  private final KvLayout layout;
  private final String uri;
  private final long epoch;
  private final MemorySegment memory;
  private final BlockIndex index;
  private final LeaseTable leases;
  private final ProcessSlots slots;
  private final ProcessSlots.Slot slot;
  private final Wants wants;
  private final InstantSource clock;
  private final Holdings holdings;
  private final Scope scope = new Scope();
  private volatile boolean closed;

  private Arena(ArenaFile file, MemorySegment memory, ArenaConfig config, KvLayout layout, InstantSource clock) {
    ArenaHeader header = ArenaHeader.read(memory);
    this.file = file;
    this.memory = memory;
    this.layout = layout;
    this.clock = clock;
    this.epoch = header.epoch();
    this.format = new ArenaFormat(header.blocks(), header.blockBytes());
    this.uri = "kv://" + config.node() + "/arena/" + file.path().getFileName();
    this.index = new BlockIndex(memory, format);
    this.leases = new LeaseTable(memory, format, index);
    this.slots = new ProcessSlots(file, memory);
    this.holdings = new Holdings(format.blocks());
    if (file.beginChange()) {
      repair();
    }
    reclaimDead();
    this.slot = slots.claim();
    this.wants = new Wants(memory, slots, slot.number(), clock, this::enter);
    file.endChange();
  }

  /**
   * Attaches to the arena of a model, which is made when there is none.
   *
   * @param modelFingerprint {@code ModelFile.fingerprint()}
   * @throws ArenaException when the file is another model's, of another layout or version, damaged, or
   *     does not fit; the message says what to do
   */
  public static Arena open(ArenaConfig config, KvLayout layout, String modelFingerprint) {
    return open(config, layout, modelFingerprint, InstantSource.system());
  }

  /** {@code clock} decides when leases expire. */
  public static Arena open(ArenaConfig config, KvLayout layout, String modelFingerprint, InstantSource clock) {
    Path path = config.file(layout, modelFingerprint);
    ArenaFile file = ArenaFile.acquire(path);
    try {
      return attach(file, config, layout, modelFingerprint, clock);
    } catch (IOException e) {
      file.release();
      throw new ArenaException(Reason.INPUT_OUTPUT, "cannot use the KV arena " + path + ": " + e
          + ". Set EBB_ARENA_DIR to a folder that this user may write", e);
    } catch (RuntimeException e) {
      file.release();
      throw e;
    }
  }

  private static Arena attach(ArenaFile file, ArenaConfig config, KvLayout layout, String model,
      InstantSource clock) throws IOException {
    file.lockIndex();
    try {
      MemorySegment memory = new ArenaOpening(file, layout, model, config).open();
      return new Arena(file, memory, config, layout, clock);
    } finally {
      file.unlockIndex();
    }
  }

  /** {@code kv://node/arena/file}. */
  public String uri() {
    return uri;
  }

  /** Number of this making of the file; a file made anew has another. */
  public long epoch() {
    return epoch;
  }

  public KvLayout layout() {
    return layout;
  }

  /** Number of blocks. */
  public int blocks() {
    return format.blocks();
  }

  /** Tokens that fit when nothing else is held. */
  public int tokens() {
    return format.blocks() * layout.blockTokens();
  }

  /** The blocks' memory, {@code blocks() * layout().blockBytes()} bytes, valid until {@link #close()}. */
  public MemorySegment blockMemory() {
    return memory.asSlice(format.data(), format.blockBytes() * format.blocks());
  }

  /** Part of the blocks that are held, over all processes, in [0, 1]; from any thread. */
  public double usage() {
    return closed ? 0 : 1 - (double) index.available() / format.blocks();
  }

  /** A stretch of index changes under one lock; close it soon. Scopes may nest. */
  public Scope scope() {
    scope.depth++;
    return scope;
  }

  /** What this process and others wait for. */
  public Wants wants() {
    return wants;
  }

  /** Blocks that can be allocated now: free, or cached and evicted on demand. */
  public int available() {
    enter();
    leases.expire(clock.millis());
    return index.available();
  }

  /**
   * Takes blocks to write, evicting cached ones.
   *
   * @throws IllegalStateException when fewer than {@code count} are {@link #available()}
   */
  public int[] allocate(int count) {
    enter();
    if (index.available() < count) {
      throw new IllegalStateException(count + " blocks wanted, " + index.available() + " available");
    }
    int[] blocks = new int[count];
    for (int i = 0; i < count; i++) {
      blocks[i] = index.take(slot.number());
      holdings.hold(blocks[i], index.edition(blocks[i]));
    }
    return blocks;
  }

  /** Holds the longest run of published blocks from the start of a hash chain, at most {@code limit}. */
  public PrefixMatch acquirePrefix(List<BlockHash> hashes, int limit) {
    enter();
    int[] found = new int[Math.min(limit, hashes.size())];
    int count = 0;
    int local = 0;
    while (count < found.length) {
      OptionalInt block = index.find(hashes.get(count));
      if (block.isEmpty()) {
        break;
      }
      found[count++] = block.getAsInt();
      local += index.writer(block.getAsInt()) == slot.session() ? 1 : 0;
      hold(block.getAsInt());
    }
    return new PrefixMatch(java.util.Arrays.copyOf(found, count), local);
  }

  /** Holds a block that this process holds already once more. */
  public void share(int block) {
    holdings.hold(block, holdings.edition(block));
  }

  private void hold(int block) {
    if (!holdings.holds(block)) {
      index.hold(block, slot.number());
    }
    holdings.hold(block, index.edition(block));
  }

  /** What a held block was given out as: another number with every writer, in whatever process. Needs no scope. */
  public long edition(int block) {
    return holdings.edition(block);
  }

  /** Gives blocks back, last first, so that the end of a sequence is evicted before its start. */
  public void release(int[] blocks) {
    enter();
    for (int i = blocks.length - 1; i >= 0; i--) {
      if (holdings.less(blocks[i])) {
        index.unhold(blocks[i], slot.number());
      }
    }
  }

  /** Makes a held block whose tokens are all computed visible by its hash, unless another has it. */
  public void publish(int block, BlockHash hash) {
    enter();
    if (index.state(block) == BlockIndex.WRITING) {
      index.publish(block, hash, slot.session());
    }
  }

  /** Keeps blocks alive for another process until it claims them; empty when there are too many leases. */
  public OptionalLong lease(int[] blocks, long expiresAtMs) {
    enter();
    long nowMs = clock.millis();
    leases.expire(nowMs);
    return leases.grant(blocks, nowMs, expiresAtMs);
  }

  /** Takes over the blocks of a lease, once; false when it is not there, expired or holds others. */
  public boolean claim(long lease, int[] blocks) {
    enter();
    if (!leases.holds(lease, blocks, clock.millis())) {
      return false;
    }
    for (int block : blocks) {
      hold(block);
    }
    leases.end(lease);
    return true;
  }

  /** Takes back what dead processes held; for when space is short. */
  public void reclaimDead() {
    if (slot != null) {
      enter();
    }
    long dead = slots.deadSlots();
    if (dead != 0) {
      for (int number = 0; number < ArenaFormat.SLOTS; number++) {
        if ((dead >>> number & 1) == 1) {
          slots.forget(number);
        }
      }
      repair();
    }
  }

  private void repair() {
    index.keepHolders(slots.usedSlots() & ~slots.deadSlots());
    leases.recount();
    index.rebuild();
  }

  /** Counts the blocks by use. */
  public BlockCensus census() {
    enter();
    return new IndexCheck(index, format.blocks()).census();
  }

  /** Blocks that this process holds. */
  public int heldHere() {
    return holdings.count();
  }

  /** Leases that are neither claimed nor expired. */
  public int activeLeases() {
    enter();
    leases.expire(clock.millis());
    return leases.active();
  }

  /** Walks the whole index; throws an IllegalStateException that names the first contradiction. */
  public void checkIntegrity() {
    enter();
    new IndexCheck(index, format.blocks()).check(holdings.references(), slot.number());
  }

  private void enter() {
    scope.enter();
  }

  /** Lets go of everything this process holds; leases stay. The block memory is gone after it. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try (Scope last = scope()) {
      enter();
      for (int block = format.blocks() - 1; block >= 0; block--) {
        if (holdings.holds(block)) {
          index.unhold(block, slot.number());
        }
      }
      slots.giveBack(slot);
    }
    file.release();
  }

  /** Keeps the index lock from its first use to its close. */
  public final class Scope implements AutoCloseable {
    private int depth;
    private boolean locked;

    private Scope() {}

    private void enter() {
      if (depth == 0) {
        throw new IllegalStateException("the arena's index is only used inside a scope");
      }
      if (!locked) {
        file.lockIndex();
        locked = true;
        if (file.beginChange()) {
          repair();
        }
      }
    }

    @Override
    public void close() {
      depth--;
      if (depth == 0 && locked) {
        locked = false;
        file.endChange();
        file.unlockIndex();
      }
    }
  }
}
