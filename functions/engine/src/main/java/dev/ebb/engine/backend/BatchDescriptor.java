package dev.ebb.engine.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The off-heap batch of one engine step. One descriptor is reused for all steps: its memory grows
 * when a step needs more and is never given back before {@link #close()}.
 *
 * <p>Use: {@link #begin} fixes the counts and writes the header, then the setters fill the arrays,
 * then a backend reads them and writes {@link #logits}.
 */
public final class BatchDescriptor implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final int KEEP_LOGITS = 1;

  private Arena arena;
  private MemorySegment segment = MemorySegment.NULL;
  private BatchLayout layout;

  /** Starts a step of the given counts; array contents are undefined until set. */
  public void begin(BatchLayout next) {
    if (segment.byteSize() < next.bytes()) {
      close();
      arena = Arena.ofShared();
      segment = arena.allocate(next.bytes() + next.bytes() / 2, BatchLayout.ALIGNMENT);
    }
    layout = next;
    writeHeader();
  }

  private void writeHeader() {
    segment.set(INT, 0, BatchLayout.MAGIC);
    segment.set(INT, 4, BatchLayout.VERSION);
    segment.set(LONG, 8, layout.bytes());
    segment.set(INT, 16, layout.tokens());
    segment.set(INT, 20, layout.sequences());
    segment.set(INT, 24, layout.blocks());
    segment.set(INT, 28, layout.outputs());
    segment.set(INT, 32, layout.vocabulary());
    segment.set(INT, 36, 0);
    segment.set(LONG, 40, layout.tokenIds());
    segment.set(LONG, 48, layout.positions());
    segment.set(LONG, 56, layout.slotMapping());
    segment.set(LONG, 64, layout.sequenceIndptr());
    segment.set(LONG, 72, layout.blockIndptr());
    segment.set(LONG, 80, layout.blockTable());
    segment.set(LONG, 88, layout.blockEditions());
    segment.set(LONG, 96, layout.outputRows());
    segment.set(LONG, 104, layout.logits());
  }

  /** Sets token {@code i} of the step: its id, its position in its sequence, its KV slot. */
  public void token(int i, int id, int position, int slot) {
    segment.set(INT, layout.tokenIds() + 4L * i, id);
    segment.set(INT, layout.positions() + 4L * i, position);
    segment.set(INT, layout.slotMapping() + 4L * i, slot);
  }

  /** Sets where sequence {@code s}'s tokens and block-table entries start; also s = sequences. */
  public void sequence(int s, int firstToken, int firstBlock) {
    segment.set(INT, layout.sequenceIndptr() + 4L * s, firstToken);
    segment.set(INT, layout.blockIndptr() + 4L * s, firstBlock);
  }

  /**
   * Sets entry {@code i} of the concatenated block tables.
   *
   * @param edition what the block was given out as: a backend with memory of its own may go on with what it
   *     has of a block of this very edition; 0 when nobody counts
   */
  public void block(int i, int physical, long edition) {
    segment.set(INT, layout.blockTable() + 4L * i, physical);
    segment.set(LONG, layout.blockEditions() + 8L * i, edition);
  }

  /** Asks for the logits of token {@code token} as output row {@code row}; ascending. */
  public void output(int row, int token) {
    segment.set(INT, layout.outputRows() + 4L * row, token);
  }

  /** Leaves the logits with the backend; only for one that {@link Backend#chooses}. */
  public void keepLogits() {
    segment.set(INT, 36, KEEP_LOGITS);
  }

  /** Whether the logits are left with the backend. */
  public boolean logitsKept() {
    return segment.get(INT, 36) == KEEP_LOGITS;
  }

  /** Logits of an output row: {@code vocabulary} floats, valid until the next {@link #begin}. */
  public MemorySegment logits(int row) {
    long bytes = 4L * layout.vocabulary();
    return segment.asSlice(layout.logits() + row * bytes, bytes);
  }

  public int tokenId(int i) {
    return segment.get(INT, layout.tokenIds() + 4L * i);
  }

  public int position(int i) {
    return segment.get(INT, layout.positions() + 4L * i);
  }

  public int slot(int i) {
    return segment.get(INT, layout.slotMapping() + 4L * i);
  }

  public int firstToken(int s) {
    return segment.get(INT, layout.sequenceIndptr() + 4L * s);
  }

  public int firstBlock(int s) {
    return segment.get(INT, layout.blockIndptr() + 4L * s);
  }

  public int block(int i) {
    return segment.get(INT, layout.blockTable() + 4L * i);
  }

  public long edition(int i) {
    return segment.get(LONG, layout.blockEditions() + 8L * i);
  }

  public int outputToken(int row) {
    return segment.get(INT, layout.outputRows() + 4L * row);
  }

  /** Sets one logit; for backends written in Java. */
  public void logit(int row, int token, float value) {
    segment.set(FLOAT, layout.logits() + 4L * ((long) row * layout.vocabulary() + token), value);
  }

  /** The counts and offsets of the current step. */
  public BatchLayout layout() {
    return layout;
  }

  /** The memory a native backend reads: {@code layout().bytes()} bytes. */
  public MemorySegment segment() {
    return segment.asSlice(0, layout.bytes());
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      segment = MemorySegment.NULL;
    }
  }
}
