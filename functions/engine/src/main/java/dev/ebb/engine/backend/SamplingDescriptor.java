package dev.ebb.engine.backend;

import dev.ebb.engine.request.SamplingParams;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The off-heap draws of one engine step, for a backend that chooses tokens itself. Used like {@link BatchDescriptor}:
 * {@link #begin}, the setters, the backend, {@link #token}.
 */
public final class SamplingDescriptor implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;
  private static final int FORBID = 1;
  private static final int SEEN = 2;

  private Arena arena;
  private MemorySegment segment = MemorySegment.NULL;
  private SamplingLayout layout;

  /**
   * What happens to one logit of a draw, in this order.
   *
   * @param addend added first
   * @param forbidden whether it becomes minus infinity then
   * @param seen whether the draw's penalties count then
   * @param generated how often the answer has the token
   */
  public record Adjustment(int token, float addend, boolean forbidden, boolean seen, int generated) {}

  /** Starts a step of the given counts; contents are undefined until set. */
  public void begin(SamplingLayout next, int choosable) {
    if (segment.byteSize() < next.bytes()) {
      close();
      arena = Arena.ofShared();
      segment = arena.allocate(next.bytes() + next.bytes() / 2, BatchLayout.ALIGNMENT);
    }
    layout = next;
    segment.set(INT, 0, SamplingLayout.MAGIC);
    segment.set(INT, 4, SamplingLayout.VERSION);
    segment.set(LONG, 8, layout.bytes());
    segment.set(INT, 16, layout.draws());
    segment.set(INT, 20, layout.adjustments());
    segment.set(INT, 24, choosable);
    segment.set(INT, 28, 0);
    segment.set(LONG, 32, layout.drawList());
    segment.set(LONG, 40, layout.adjustmentList());
    segment.set(LONG, 48, layout.tokens());
  }

  /**
   * Sets draw {@code i}.
   *
   * @param row output row of the last step
   * @param firstAdjustment the first of its {@code adjustments}
   * @param uniform its random number, in [0, 1)
   */
  public void draw(int i, int row, int firstAdjustment, int adjustments, SamplingParams params, double uniform) {
    long at = layout.drawList() + (long) SamplingLayout.DRAW_BYTES * i;
    segment.set(INT, at, row);
    segment.set(INT, at + 4, firstAdjustment);
    segment.set(INT, at + 8, adjustments);
    segment.set(INT, at + 12, params.topK());
    segment.set(FLOAT, at + 16, params.temperature());
    segment.set(FLOAT, at + 20, params.topP());
    segment.set(FLOAT, at + 24, params.minP());
    segment.set(FLOAT, at + 28, params.repetitionPenalty());
    segment.set(FLOAT, at + 32, params.frequencyPenalty());
    segment.set(FLOAT, at + 36, params.presencePenalty());
    segment.set(DOUBLE, at + 40, uniform);
  }

  /** Sets entry {@code i} of the concatenated adjustments. */
  public void adjustment(int i, Adjustment adjustment) {
    long at = layout.adjustmentList() + (long) SamplingLayout.ADJUSTMENT_BYTES * i;
    segment.set(INT, at, adjustment.token());
    segment.set(FLOAT, at + 4, adjustment.addend());
    segment.set(INT, at + 8, adjustment.generated());
    segment.set(INT, at + 12, (adjustment.forbidden() ? FORBID : 0) | (adjustment.seen() ? SEEN : 0));
  }

  /** The token of draw {@code i} once a backend chose; -1 where the greatest logit is no finite number. */
  public int token(int i) {
    return segment.get(INT, layout.tokens() + 4L * i);
  }

  /** Draws of the step; for backends written in Java. */
  public int draws() {
    return layout.draws();
  }

  /** The row of draw {@code i}; for backends written in Java. */
  public int row(int i) {
    return segment.get(INT, layout.drawList() + (long) SamplingLayout.DRAW_BYTES * i);
  }

  /** Says what draw {@code i} chose; for backends written in Java. */
  public void chosen(int i, int token) {
    segment.set(INT, layout.tokens() + 4L * i, token);
  }

  /** The memory a native backend reads and writes. */
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
