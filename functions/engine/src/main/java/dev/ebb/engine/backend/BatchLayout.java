package dev.ebb.engine.backend;

/**
 * Offsets of the batch descriptor, derived once from the counts; the C side is batch.h. Arrays follow
 * the header in this order, each aligned to {@value #ALIGNMENT} bytes.
 */
public record BatchLayout(int tokens, int sequences, int blocks, int outputs, int vocabulary) {

  public static final int MAGIC = 0x42424245;
  public static final int VERSION = 2;
  public static final int ALIGNMENT = 64;
  public static final int HEADER_BYTES = 112;

  public long tokenIds() {
    return align(HEADER_BYTES);
  }

  public long positions() {
    return align(tokenIds() + 4L * tokens);
  }

  public long slotMapping() {
    return align(positions() + 4L * tokens);
  }

  public long sequenceIndptr() {
    return align(slotMapping() + 4L * tokens);
  }

  public long blockIndptr() {
    return align(sequenceIndptr() + 4L * (sequences + 1));
  }

  public long blockTable() {
    return align(blockIndptr() + 4L * (sequences + 1));
  }

  public long blockEditions() {
    return align(blockTable() + 4L * blocks);
  }

  public long outputRows() {
    return align(blockEditions() + 8L * blocks);
  }

  public long logits() {
    return align(outputRows() + 4L * outputs);
  }

  /** Bytes of the whole segment. */
  public long bytes() {
    return align(logits() + 4L * outputs * vocabulary);
  }

  private static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
