package dev.ebb.engine.kv;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ebb.engine.kv.ArenaException.Reason;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Decides, under the index lock, what to do with the file that is there: use it, make it anew, or
 * refuse it with a sentence that says what to do.
 */
final class ArenaOpening {
  private static final Logger LOG = System.getLogger(ArenaOpening.class.getName());

  /** Epochs stay exact in readers that keep numbers as doubles. */
  private static final long EPOCH_MASK = (1L << 53) - 1;

  private final ArenaFile file;
  private final KvLayout layout;
  private final String model;
  private final int wantedBlocks;
  private final int wishedTokens;
  private final UUID boot = Boot.id();

  ArenaOpening(ArenaFile file, KvLayout layout, String model, ArenaConfig config) {
    this.file = file;
    this.layout = layout;
    this.model = model;
    this.wantedBlocks = config.blocks();
    this.wishedTokens = config.wishedTokens();
  }

  /** Gives the mapped file, ready for this model and layout. */
  MemorySegment open() throws IOException {
    long size = file.channel().size();
    ArenaHeader found = readHeader();
    boolean cutShort = size < ArenaFormat.AT_ENTRIES;
    if (found.magic() != ArenaFormat.MAGIC && !(cutShort ? found.magic() == 0 : found.blank())) {
      throw new ArenaException(Reason.DAMAGED, file.path()
          + " is not a KV arena. Move it away, or set EBB_ARENA_DIR to another folder");
    }
    if (cutShort) {
      return create();
    }
    if (found.version() < ArenaFormat.VERSION || !found.ready()) {
      // Its content means nothing to this version, or its maker died before it was done.
      requireNobodyAttached(Reason.OTHER_VERSION, "has format version " + found.version()
          + ", this program writes " + ArenaFormat.VERSION);
      return create();
    }
    check(found);
    if (!found.boot().equals(boot)) {
      // Where its machine lost power, an entry may have reached the disk and its block not: none is believed.
      requireNobodyAttached(Reason.OTHER_BOOT, "was made before this machine's last start, or on another kernel");
      LOG.log(Level.INFO, "the KV arena {0} is from before the machine''s last start and is made anew", file.path());
      return create();
    }
    if (!isWhole(found, size)) {
      requireNobodyAttached(Reason.DAMAGED, "is " + size + " bytes long, and its " + found.blocks()
          + " blocks need another length");
      // It is a cache: what was in it is computed again.
      LOG.log(Level.WARNING, "the KV arena {0} is damaged ({1} bytes long) and is made anew", file.path(), size);
      return create();
    }
    if (worthResizing(found)) {
      return create();
    }
    return file.map(found.fileBytes());
  }

  private ArenaHeader readHeader() throws IOException {
    ByteBuffer header = ByteBuffer.allocateDirect((int) ArenaFormat.AT_ENTRIES).order(ByteOrder.nativeOrder());
    while (header.hasRemaining() && file.channel().read(header, header.position()) > 0) {
      // reads on until the page is full
    }
    return ArenaHeader.read(MemorySegment.ofBuffer(header.rewind()));
  }

  private void check(ArenaHeader found) {
    if (found.version() > ArenaFormat.VERSION) {
      throw refuse(Reason.OTHER_VERSION, "has format version " + found.version() + ", newer than "
          + ArenaFormat.VERSION + " of this program");
    }
    if (!found.model().equals(model)) {
      throw refuse(Reason.OTHER_MODEL, "holds blocks of model " + found.model() + ", not of " + model);
    }
    if (!found.layout().equals(layout.fingerprint()) || found.blockBytes() != layout.blockBytes()) {
      throw refuse(Reason.OTHER_LAYOUT, "holds blocks of layout " + found.layout() + ", not "
          + layout.fingerprint());
    }
  }

  private static boolean isWhole(ArenaHeader found, long size) {
    return found.blocks() >= 1 && size >= found.fileBytes()
        && new ArenaFormat(found.blocks(), found.blockBytes()).fileBytes() == found.fileBytes();
  }

  private ArenaException refuse(Reason reason, String what) {
    return new ArenaException(reason, "the KV arena " + file.path() + " " + what
        + ". Stop what uses it and delete it, or set EBB_ARENA_DIR to another folder");
  }

  /**
   * A new size costs all that is cached, so it takes a setting that was lowered or changed by more than a quarter, or a
   * machine that has twice the room by now. A lowered one is taken at its word, since a device may have no room for
   * more. Less free memory than at its making is no reason: the file is there.
   */
  private boolean worthResizing(ArenaHeader found) {
    boolean far = Math.abs((long) found.blocks() - wantedBlocks) * 4 > found.blocks();
    boolean otherWish = found.wishedTokens() != wishedTokens && far;
    boolean lowered = wishedTokens < found.wishedTokens()
        && found.blocks() > wishedTokens / layout.blockTokens();
    boolean muchMoreRoom = wantedBlocks >= 2L * found.blocks();
    return (otherWish || lowered || muchMoreRoom) && !file.mapped() && attached().isEmpty();
  }

  private void requireNobodyAttached(Reason reason, String what) {
    String slots = attached();
    if (!slots.isEmpty()) {
      throw new ArenaException(reason, "the KV arena " + file.path() + " " + what + ", and processes use it (slots "
          + slots + "). Stop them, or set EBB_ARENA_DIR to another folder");
    }
  }

  private String attached() {
    StringJoiner alive = new StringJoiner(", ");
    for (int slot = 0; slot < ArenaFormat.SLOTS; slot++) {
      if (file.slotAlive(slot)) {
        alive.add(Integer.toString(slot));
      }
    }
    return alive.toString();
  }

  /** Makes the file anew: sparse zeros first, the header after, the ready mark last. */
  private MemorySegment create() throws IOException {
    ArenaFormat format = new ArenaFormat(wantedBlocks, layout.blockBytes());
    file.channel().truncate(0);
    requireSpace(format);
    file.channel().write(ByteBuffer.allocate(1), format.fileBytes() - 1);
    MemorySegment memory = file.map(format.fileBytes());
    long epoch = 1 + (new SecureRandom().nextLong() & EPOCH_MASK - 1);
    new ArenaHeader(ArenaFormat.MAGIC, ArenaFormat.VERSION, false, epoch, wantedBlocks, wishedTokens,
        layout.blockBytes(), format.fileBytes(), boot, layout.fingerprint(), model).write(memory);
    new BlockIndex(memory, format).rebuild();
    memory.set(ValueLayout.JAVA_LONG, ArenaFormat.AT_NEXT_SESSION, 1L);
    memory.set(ValueLayout.JAVA_LONG, ArenaFormat.AT_NEXT_LEASE, 1L);
    VarHandle.fullFence();
    memory.set(JAVA_INT, ArenaFormat.AT_READY, 1);
    return memory;
  }

  private void requireSpace(ArenaFormat format) throws IOException {
    long usable = Math.min(file.path().toFile().getUsableSpace(),
        file.path().toFile().getTotalSpace() - promised());
    if (usable < format.fileBytes()) {
      throw new ArenaException(Reason.NO_SPACE, "a KV arena of " + wantedBlocks * (long) layout.blockTokens()
          + " tokens needs " + mebibytes(format.fileBytes()) + " MiB and " + file.path().getParent() + " has "
          + mebibytes(usable) + " MiB free beside other arenas. Lower EBB_KV_TOKENS, delete arenas (*.kv) of models"
          + " that are served no more, or set EBB_ARENA_DIR to a folder with more space");
    }
  }

  /**
   * Bytes of the folder's other arenas, which take their space only as it is written: a write that finds none ends the
   * process.
   */
  private long promised() throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> arenas = Files.newDirectoryStream(file.path().getParent(), "*.kv")) {
      for (Path other : arenas) {
        bytes += other.equals(file.path()) ? 0 : Files.size(other);
      }
    }
    return bytes;
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
