package dev.ebb.engine.model;

/** Storage types of a tensor, numbered as in GGUF so that a file's number needs no table. */
public enum TensorType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  BF16(30, 1, 2);

  private final int code;
  private final int blockElements;
  private final int blockBytes;

  TensorType(int code, int blockElements, int blockBytes) {
    this.code = code;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The type's number in a GGUF file and in the native model descriptor. */
  public int code() {
    return code;
  }

  /** Elements that share one quantisation block; a row holds a whole number of blocks. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one quantisation block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Bytes of {@code elements} elements, which must fill whole blocks. */
  public long bytes(long elements) {
    if (elements % blockElements != 0) {
      throw new IllegalArgumentException(
          elements + " elements do not fill whole " + this + " blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }
}
