package dev.ebb.engine.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * One line of the tensor table.
 *
 * @param shape four sizes, the contiguous one first, 1 where unused
 * @param offset of its data from the start of all data
 * @param entryAt file offset of the line, for messages
 * @param offsetAt file offset of the line's {@code offset} field
 */
record GgufTensorInfo(
    String name, long[] shape, TensorType type, long offset, int entryAt, int offsetAt) {

  static long alignUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  /** Elements of a row. */
  long cols() {
    return shape[0];
  }

  /** Rows of a matrix; GGUF keeps a vector as one row. */
  long rows() {
    return shape[1];
  }

  /** Bytes of the data. */
  long bytes(String file) {
    if (cols() % type.blockElements() != 0) {
      throw new ModelFormatException(
          file + ": " + name + " at offset " + entryAt + ": rows of " + cols() + " do not fill whole "
              + type + " blocks of " + type.blockElements());
    }
    try {
      long elements = 1;
      for (long size : shape) {
        elements = Math.multiplyExact(elements, size);
      }
      return type.bytes(elements);
    } catch (ArithmeticException e) {
      throw new ModelFormatException(
          file + ": " + name + " at offset " + entryAt + ": the shape overflows 64 bits", e);
    }
  }

  /**
   * Checks that all data lie in the file, aligned, apart from one another, and that nothing follows
   * the last of them.
   */
  static void checkLayout(GgufHeader header, long fileBytes) {
    List<GgufTensorInfo> byOffset = new ArrayList<>(header.tensors());
    byOffset.sort(Comparator.comparingLong(GgufTensorInfo::offset));
    long end = 0;
    GgufTensorInfo last = null;
    for (GgufTensorInfo tensor : byOffset) {
      if (tensor.offset < 0 || tensor.offset % header.alignment() != 0) {
        throw tensor.damaged(header, Long.toUnsignedString(tensor.offset) + " is not aligned to "
            + header.alignment());
      }
      if (tensor.offset < end) {
        throw tensor.damaged(header, "the data overlap those of " + last.name);
      }
      long bytes = tensor.bytes(header.file());
      long room = fileBytes - header.dataStart() - tensor.offset;
      if (bytes > room) {
        throw tensor.damaged(header, "the data (" + bytes + " bytes) end beyond the file by " + (bytes - room));
      }
      end = tensor.offset + bytes;
      last = tensor;
    }
    long fileEnd = header.dataStart() + alignUp(end, header.alignment());
    if (fileBytes > fileEnd) {
      throw new ModelFormatException(header.file() + ": file length " + fileBytes + ": "
          + (fileBytes - fileEnd) + " bytes follow the last tensor at offset " + fileEnd);
    }
  }

  private ModelFormatException damaged(GgufHeader header, String what) {
    return new ModelFormatException(
        header.file() + ": " + name + " data offset at offset " + offsetAt + ": " + what);
  }
}
