package dev.ebb.engine.kv;

import static dev.ebb.engine.kv.ArenaFormat.AT_LAYOUT;
import static dev.ebb.engine.kv.ArenaFormat.AT_MODEL;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The part of the header that says what the file is; read before it is mapped.
 *
 * @param ready whether its making was finished
 * @param boot the boot of the machine that it was made in
 */
record ArenaHeader(
    long magic,
    int version,
    boolean ready,
    long epoch,
    int blocks,
    int wishedTokens,
    long blockBytes,
    long fileBytes,
    UUID boot,
    String layout,
    String model) {

  static ArenaHeader read(MemorySegment memory) {
    return new ArenaHeader(
        memory.get(JAVA_LONG, ArenaFormat.AT_MAGIC),
        memory.get(JAVA_INT, ArenaFormat.AT_VERSION),
        memory.get(JAVA_INT, ArenaFormat.AT_READY) == 1,
        memory.get(JAVA_LONG, ArenaFormat.AT_EPOCH),
        memory.get(JAVA_INT, ArenaFormat.AT_BLOCKS),
        memory.get(JAVA_INT, ArenaFormat.AT_WISHED),
        memory.get(JAVA_LONG, ArenaFormat.AT_BLOCK_BYTES),
        memory.get(JAVA_LONG, ArenaFormat.AT_FILE_BYTES),
        new UUID(memory.get(JAVA_LONG, ArenaFormat.AT_BOOT), memory.get(JAVA_LONG, ArenaFormat.AT_BOOT + 8)),
        text(memory, AT_LAYOUT),
        text(memory, AT_MODEL));
  }

  void write(MemorySegment memory) {
    memory.set(JAVA_LONG, ArenaFormat.AT_MAGIC, magic);
    memory.set(JAVA_INT, ArenaFormat.AT_VERSION, version);
    memory.set(JAVA_LONG, ArenaFormat.AT_EPOCH, epoch);
    memory.set(JAVA_INT, ArenaFormat.AT_BLOCKS, blocks);
    memory.set(JAVA_INT, ArenaFormat.AT_WISHED, wishedTokens);
    memory.set(JAVA_LONG, ArenaFormat.AT_BLOCK_BYTES, blockBytes);
    memory.set(JAVA_LONG, ArenaFormat.AT_FILE_BYTES, fileBytes);
    memory.set(JAVA_LONG, ArenaFormat.AT_BOOT, boot.getMostSignificantBits());
    memory.set(JAVA_LONG, ArenaFormat.AT_BOOT + 8, boot.getLeastSignificantBits());
    text(memory, AT_LAYOUT, layout);
    text(memory, AT_MODEL, model);
  }

  /** Whether nothing was ever written, as where a machine stopped before the first page had reached the disk. */
  boolean blank() {
    return magic == 0 && version == 0 && !ready && epoch == 0 && layout.isEmpty() && model.isEmpty();
  }

  private static String text(MemorySegment memory, long at) {
    int length = memory.get(JAVA_INT, at);
    if (length < 0 || length > ArenaFormat.TEXT_BYTES) {
      return "";
    }
    byte[] bytes = memory.asSlice(at + 4, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void text(MemorySegment memory, long at, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > ArenaFormat.TEXT_BYTES) {
      throw new IllegalArgumentException("longer than the arena header has room for: " + value);
    }
    memory.set(JAVA_INT, at, bytes.length);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, memory, at + 4, bytes.length);
  }
}
