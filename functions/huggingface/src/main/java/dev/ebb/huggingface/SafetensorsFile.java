package dev.ebb.huggingface;

import dev.ebb.engine.model.ModelFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A mapped safetensors file: eight bytes of header length, the header in JSON, then the data, which
 * the tensors must cover exactly, without gap or overlap. Source: the format's description by
 * Hugging Face.
 */
final class SafetensorsFile {
  private static final long HEADER_BYTES_MAX = 100_000_000;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final MemorySegment mapped;
  private final byte[] header;
  private final List<SafetensorsEntry> entries;

  private SafetensorsFile(String name, MemorySegment mapped) {
    this.name = name;
    this.mapped = mapped;
    this.header = header();
    MemorySegment data = mapped.asSlice(8L + header.length);
    List<SafetensorsHeader.Line> lines = new SafetensorsHeader(name, header).lines();
    checkCoverage(lines, data.byteSize());
    this.entries = new ArrayList<>(lines.size());
    for (SafetensorsHeader.Line line : lines) {
      entries.add(entry(line, data));
    }
  }

  /** Maps and validates; the arena's owner closes it. */
  static SafetensorsFile open(Path path, Arena arena) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return new SafetensorsFile(
          path.getFileName().toString(),
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      throw new ModelFormatException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  List<SafetensorsEntry> entries() {
    return entries;
  }

  byte[] headerBytes() {
    return header;
  }

  long fileBytes() {
    return mapped.byteSize();
  }

  private byte[] header() {
    if (mapped.byteSize() < 8) {
      throw damaged("header length", 0, "the file ends here: it has " + mapped.byteSize() + " bytes");
    }
    long length = mapped.get(LENGTH, 0);
    long most = Math.min(HEADER_BYTES_MAX, mapped.byteSize() - 8);
    if (length < 2 || length > most) {
      throw damaged("header length", 0, Long.toUnsignedString(length) + " is not from 2 to " + most);
    }
    return mapped.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private void checkCoverage(List<SafetensorsHeader.Line> lines, long dataBytes) {
    List<SafetensorsHeader.Line> byOffset = new ArrayList<>(lines);
    byOffset.sort(Comparator.comparingLong(SafetensorsHeader.Line::begin));
    long end = 0;
    for (SafetensorsHeader.Line line : byOffset) {
      if (line.begin() != end) {
        throw damaged(line.name() + " data_offsets", line.at(),
            line.begin() < end
                ? "overlaps the tensor before it"
                : "leaves a gap of " + (line.begin() - end) + " bytes");
      }
      end = line.end();
      if (end > dataBytes) {
        throw damaged(line.name() + " data_offsets", line.at(),
            "ends " + (end - dataBytes) + " bytes beyond the file");
      }
    }
    if (end != dataBytes) {
      throw damaged("data", 8L + header.length + end, (dataBytes - end) + " bytes follow the last tensor");
    }
  }

  private SafetensorsEntry entry(SafetensorsHeader.Line line, MemorySegment data) {
    long[] shape = line.shape();
    if (shape.length != 1 && shape.length != 2) {
      throw damaged(line.name() + " shape", line.at(), "has " + shape.length + " dimensions, not one or two");
    }
    long rows = shape.length == 1 ? 1 : shape[0];
    long cols = shape[shape.length - 1];
    long bytes;
    try {
      bytes = line.type().bytes(Math.multiplyExact(rows, cols));
    } catch (ArithmeticException e) {
      throw damaged(line.name() + " shape", line.at(), "overflows 64 bits");
    }
    if (bytes != line.end() - line.begin()) {
      throw damaged(line.name() + " data_offsets", line.at(),
          (line.end() - line.begin()) + " bytes, but shape and dtype take " + bytes);
    }
    long start = 8L + header.length + line.begin();
    if (start % line.type().blockBytes() != 0) {
      throw damaged(line.name() + " data_offsets", line.at(), "the data at " + start + " are not aligned");
    }
    return new SafetensorsEntry(
        name, line.name(), line.at(), line.type(), rows, cols, data.asSlice(line.begin(), bytes));
  }

  private ModelFormatException damaged(String field, long at, String what) {
    return new ModelFormatException(name + ": " + field + " at offset " + at + ": " + what);
  }
}
