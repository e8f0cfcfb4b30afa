package dev.ebb.engine.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything of a GGUF file before the tensor data: magic, version, metadata, tensor table.
 *
 * @param file name for messages
 * @param metadata by key, in file order
 * @param keyOffsets where each key's entry begins
 * @param tensors in file order
 * @param alignment bytes that every tensor's data is aligned to
 * @param end first byte after the tensor table
 */
record GgufHeader(
    String file,
    Map<String, Object> metadata,
    Map<String, Integer> keyOffsets,
    List<GgufTensorInfo> tensors,
    int alignment,
    int end) {

  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  private static final int NAME_BYTES_MAX = 256;
  private static final int DIMENSIONS_MAX = 4;
  private static final int ALIGNMENT_MAX = 1 << 20;

  /** Fewest bytes of a metadata entry (empty key, type, a byte) and of a tensor entry. */
  private static final int ENTRY_BYTES = 13;

  private static final int TENSOR_BYTES = 24;

  /** Where the tensor data begin. */
  long dataStart() {
    return GgufTensorInfo.alignUp(end, alignment);
  }

  static boolean hasMagic(byte[] firstBytes) {
    return firstBytes.length >= 4 && ByteBuffer.wrap(firstBytes).order(ByteOrder.LITTLE_ENDIAN).getInt() == MAGIC;
  }

  /**
   * Reads a header.
   *
   * @param bytes the file from its start
   * @throws ModelFormatException naming field and offset
   */
  static GgufHeader read(String file, ByteBuffer bytes) {
    GgufCursor in = new GgufCursor(file, bytes.order(ByteOrder.LITTLE_ENDIAN));
    int magic = in.i32("magic");
    if (magic != MAGIC) {
      throw in.damaged("magic", 0, "not a GGUF file");
    }
    version(in);
    int at = in.offset();
    int tensorCount = in.count("tensor count", TENSOR_BYTES);
    int entryCount = in.count("metadata count", ENTRY_BYTES);
    if ((long) tensorCount * TENSOR_BYTES + (long) entryCount * ENTRY_BYTES > in.remaining()) {
      throw in.damaged("tensor count", at, tensorCount + " is more than the rest of the file can hold");
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    Map<String, Integer> offsets = new LinkedHashMap<>();
    for (int i = 0; i < entryCount; i++) {
      entry(in, i, metadata, offsets);
    }
    int alignment = alignment(in, metadata, offsets);
    List<GgufTensorInfo> tensors = tensors(in, tensorCount);
    return new GgufHeader(
        file,
        Collections.unmodifiableMap(metadata),
        offsets,
        Collections.unmodifiableList(tensors),
        alignment,
        in.offset());
  }

  private static void version(GgufCursor in) {
    int at = in.offset();
    int version = in.i32("version");
    if (version == 2 || version == 3) {
      return;
    }
    int swapped = Integer.reverseBytes(version);
    String what = swapped == 2 || swapped == 3
        ? "the file is big-endian, which is not supported"
        : Integer.toUnsignedString(version) + " is not supported (2 and 3 are)";
    throw in.damaged("version", at, what);
  }

  private static void entry(
      GgufCursor in, int index, Map<String, Object> metadata, Map<String, Integer> offsets) {
    int at = in.offset();
    String key = in.string("metadata key " + index);
    if (key.isEmpty()) {
      throw in.damaged("metadata key " + index, at, "is empty");
    }
    if (offsets.put(key, at) != null) {
      throw in.damaged("metadata key " + key, at, "occurs twice");
    }
    metadata.put(key, GgufValues.read(in, key));
  }

  private static int alignment(
      GgufCursor in, Map<String, Object> metadata, Map<String, Integer> offsets) {
    Object value = metadata.getOrDefault("general.alignment", 32L);
    if (!(value instanceof Long n) || n < 8 || n > ALIGNMENT_MAX || Long.bitCount(n) != 1) {
      throw in.damaged("general.alignment", offsets.get("general.alignment"),
          value + " is no power of two from 8 to " + ALIGNMENT_MAX);
    }
    return Math.toIntExact(n);
  }

  private static List<GgufTensorInfo> tensors(GgufCursor in, int count) {
    List<GgufTensorInfo> tensors = new ArrayList<>(count);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      int at = in.offset();
      GgufTensorInfo tensor = tensor(in, i);
      if (!names.add(tensor.name())) {
        throw in.damaged("tensor " + tensor.name(), at, "occurs twice");
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private static GgufTensorInfo tensor(GgufCursor in, int index) {
    int at = in.offset();
    String name = in.string("tensor " + index + " name");
    if (name.isEmpty() || name.length() > NAME_BYTES_MAX) {
      throw in.damaged("tensor " + index + " name", at, name.length() + " characters long");
    }
    int dimensionsAt = in.offset();
    int dimensions = in.i32(name + " dimensions");
    if (dimensions < 1 || dimensions > DIMENSIONS_MAX) {
      throw in.damaged(name + " dimensions", dimensionsAt,
          Integer.toUnsignedString(dimensions) + " is not from 1 to " + DIMENSIONS_MAX);
    }
    long[] shape = new long[DIMENSIONS_MAX];
    Arrays.fill(shape, 1);
    for (int d = 0; d < dimensions; d++) {
      int sizeAt = in.offset();
      shape[d] = in.i64(name + " dimension " + d);
      if (shape[d] < 1 || shape[d] > Integer.MAX_VALUE) {
        throw in.damaged(name + " dimension " + d, sizeAt, Long.toUnsignedString(shape[d]) + " is absurd");
      }
    }
    int typeAt = in.offset();
    TensorType type = type(in, name, in.i32(name + " type"), typeAt);
    int offsetAt = in.offset();
    return new GgufTensorInfo(name, shape, type, in.i64(name + " offset"), at, offsetAt);
  }

  private static TensorType type(GgufCursor in, String name, int code, int at) {
    for (TensorType type : TensorType.values()) {
      if (type.code() == code) {
        return type;
      }
    }
    throw in.damaged(name + " type", at,
        "tensor type " + Integer.toUnsignedString(code) + " is not known; known: "
            + Arrays.toString(TensorType.values()));
  }
}
