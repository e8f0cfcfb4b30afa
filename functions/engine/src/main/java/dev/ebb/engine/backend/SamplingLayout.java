package dev.ebb.engine.backend;

/**
 * Offsets of the sampling descriptor; the C side is sampling.h. Arrays follow the header in this order, each aligned
 * to 64 bytes.
 */
public record SamplingLayout(int draws, int adjustments) {

  public static final int MAGIC = 0x53424245;
  public static final int VERSION = 1;
  public static final int HEADER_BYTES = 56;
  public static final int DRAW_BYTES = 48;
  public static final int ADJUSTMENT_BYTES = 16;

  public long drawList() {
    return align(HEADER_BYTES);
  }

  public long adjustmentList() {
    return align(drawList() + (long) DRAW_BYTES * draws);
  }

  public long tokens() {
    return align(adjustmentList() + (long) ADJUSTMENT_BYTES * adjustments);
  }

  /** Bytes of the whole segment. */
  public long bytes() {
    return align(tokens() + 4L * draws);
  }

  private static long align(long offset) {
    return (offset + BatchLayout.ALIGNMENT - 1) & -BatchLayout.ALIGNMENT;
  }
}
