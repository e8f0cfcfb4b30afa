package dev.ebb.engine.kv;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.kv.ArenaException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are used, made anew, repaired or refused. */
class ArenaOpeningTest {
  @TempDir private Path directory;

  private Path file() {
    return ArenaFixture.config(directory, 1).file(ArenaFixture.LAYOUT, ArenaFixture.MODEL);
  }

  /** Makes an arena with one cached block, closes it and changes its bytes. */
  private void edit(Consumer<MemorySegment> change) throws IOException {
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      ArenaFixture.write(arena, 1);
    }
    patch(change);
  }

  private void patch(Consumer<MemorySegment> change) throws IOException {
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        java.lang.foreign.Arena scope = java.lang.foreign.Arena.ofConfined()) {
      change.accept(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), scope));
    }
  }

  private ArenaException refused(Reason reason) {
    ArenaException e = assertThrows(ArenaException.class, () -> ArenaFixture.open(directory, 8).close());
    assertEquals(reason, e.reason(), e.getMessage());
    assertTrue(e.getMessage().contains("EBB_ARENA_DIR"), "says what to do: " + e.getMessage());
    return e;
  }

  @Test
  void theFileIsItsOwnersAlone() throws IOException {
    edit(memory -> {});
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
  }

  @Test
  void anotherModelIsRefused() {
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      String sameStart = ArenaFixture.MODEL.substring(0, 16) + "0000000000000000";
      ArenaException e = assertThrows(ArenaException.class,
          () -> Arena.open(ArenaFixture.config(directory, 8), ArenaFixture.LAYOUT, sameStart));
      assertEquals(Reason.OTHER_MODEL, e.reason());
      assertTrue(e.getMessage().contains(ArenaFixture.MODEL));
      assertEquals(8, arena.blocks());
    }
  }

  @Test
  void anotherLayoutIsRefused() {
    ArenaFixture.open(directory, 8).close();
    KvLayout other = new KvLayout(3, 2, 32, KvLayout.BLOCK_TOKENS, KvLayout.Type.F32);
    ArenaException e = assertThrows(ArenaException.class,
        () -> Arena.open(ArenaFixture.config(directory, 8), other, ArenaFixture.MODEL));
    assertEquals(Reason.OTHER_LAYOUT, e.reason());
  }

  /** Blocks of codes and scales are never taken for blocks of F16, whatever the file's name says. */
  @Test
  void anotherTypeOfKeysAndValuesIsRefused() throws IOException {
    KvLayout half = new KvLayout(2, 2, 32, KvLayout.BLOCK_TOKENS, KvLayout.Type.F16);
    KvLayout int8 = new KvLayout(2, 2, 32, KvLayout.BLOCK_TOKENS, KvLayout.Type.I8);
    ArenaConfig config = ArenaFixture.config(directory, 8);
    Arena.open(config, half, ArenaFixture.MODEL).close();
    Files.move(config.file(half, ArenaFixture.MODEL), config.file(int8, ArenaFixture.MODEL));
    ArenaException e = assertThrows(ArenaException.class, () -> Arena.open(config, int8, ArenaFixture.MODEL));
    assertEquals(Reason.OTHER_LAYOUT, e.reason());
    assertTrue(e.getMessage().contains("/F16") && e.getMessage().contains("/I8"), e.getMessage());
  }

  @Test
  void aNewerVersionIsRefused() throws IOException {
    edit(memory -> memory.set(JAVA_INT, ArenaFormat.AT_VERSION, ArenaFormat.VERSION + 1));
    refused(Reason.OTHER_VERSION);
  }

  @Test
  void anOlderVersionIsMadeAnewWhenNobodyUsesIt() throws IOException {
    edit(memory -> memory.set(JAVA_INT, ArenaFormat.AT_VERSION, 0));
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertFalse(ArenaFixture.cached(arena, 1));
      assertEquals(new BlockCensus(8, 8, 0, 0), ArenaFixture.census(arena));
    }
  }

  @Test
  void anOlderVersionInUseIsRefused() throws Exception {
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      zeros(ArenaFormat.AT_VERSION, 1);
      refused(Reason.OTHER_VERSION);
      assertEquals(8, arena.blocks());
    }
  }

  /** From another process, since a second descriptor in this one would drop its locks. */
  private void zeros(long at, int count) throws Exception {
    Process other = new ProcessBuilder("/bin/sh", "-c", "dd if=/dev/zero of=\"$0\" bs=1 conv=notrunc 2>&1 seek=" + at
        + " count=" + count, file().toString()).start();
    assertEquals(0, other.waitFor());
  }

  /** Of what was mapped when a machine stopped, some pages reached the disk and others did not. */
  @Test
  void anotherBootsFileIsMadeAnewWhenNobodyUsesIt() throws IOException {
    edit(memory -> memory.set(JAVA_LONG, ArenaFormat.AT_BOOT, memory.get(JAVA_LONG, ArenaFormat.AT_BOOT) + 1));
    long epoch;
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertFalse(ArenaFixture.cached(arena, 1), "published, and who knows what of it reached the disk");
      assertEquals(new BlockCensus(8, 8, 0, 0), ArenaFixture.census(arena));
      epoch = arena.epoch();
    }
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertEquals(epoch, arena.epoch(), "of this boot by now");
    }
  }

  /** Two kernels with one file: neither takes it from the other, and no pages are shared by both. */
  @Test
  void anotherBootsFileInUseIsRefused() throws Exception {
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      ArenaFixture.write(arena, 1);
      zeros(ArenaFormat.AT_BOOT, 16);
      refused(Reason.OTHER_BOOT);
      assertTrue(ArenaFixture.cached(arena, 1), "whoever was first goes on");
    }
  }

  @Test
  void aKernelThatDoesNotTellItsBootHasAnIdOfItsOwn() throws IOException {
    assertEquals(Boot.UNKNOWN, Boot.read(directory.resolve("absent")));
    Path odd = Files.writeString(directory.resolve("odd"), "a kernel's secret\n");
    assertEquals(Boot.UNKNOWN, Boot.read(odd));
    Path told = Files.writeString(directory.resolve("told"), "123e4567-e89b-12d3-a456-426614174000\n");
    assertEquals("123e4567-e89b-12d3-a456-426614174000", Boot.read(told).toString());
    assertEquals(Boot.id(), Boot.id());
  }

  @Test
  void anUnfinishedFileIsMadeAnew() throws IOException {
    edit(memory -> memory.set(JAVA_INT, ArenaFormat.AT_READY, 0));
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertFalse(ArenaFixture.cached(arena, 1));
    }
  }

  @Test
  void aForeignFileIsRefused() throws IOException {
    Files.writeString(file(), "somebody's letters\n".repeat(1000));
    refused(Reason.DAMAGED);
  }

  @Test
  void aShortForeignFileIsRefusedAndKept() throws IOException {
    for (String text : List.of("x", "hello\n", "somebody's letters\n".repeat(100))) {
      Files.writeString(file(), text);
      refused(Reason.DAMAGED);
      assertEquals(text, Files.readString(file()));
    }
  }

  @Test
  void whatALinkNamesIsLeftAlone() throws IOException {
    Path other = Files.writeString(directory.resolve("other"), "");
    Files.createSymbolicLink(file(), other);
    refused(Reason.INPUT_OUTPUT);
    assertEquals(0, Files.size(other));
  }

  /** A machine stopped when the file had its length on the disk and its first page had not come there. */
  @Test
  void aFileWithoutAHeaderIsMadeAnew() throws IOException {
    Files.write(file(), new byte[10_000]);
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertEquals(new BlockCensus(8, 8, 0, 0), ArenaFixture.census(arena));
    }
  }

  /** What is in it can be computed again, so a damaged one is no reason not to start. */
  @Test
  void aTruncatedFileIsMadeAnewWhenNobodyUsesIt() throws IOException {
    edit(memory -> {});
    try (FileChannel channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertFalse(ArenaFixture.cached(arena, 1));
      assertEquals(new BlockCensus(8, 8, 0, 0), ArenaFixture.census(arena));
    }
  }

  @Test
  void aLyingSizeIsMadeAnew() throws IOException {
    edit(memory -> memory.set(JAVA_INT, ArenaFormat.AT_BLOCKS, 1_000_000));
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertEquals(8, arena.blocks());
    }
  }

  @Test
  void tooLargeForTheDiskIsRefused() {
    ArenaConfig huge = new ArenaConfig(directory, "node", Integer.MAX_VALUE);
    ArenaException e = assertThrows(ArenaException.class,
        () -> Arena.open(huge, new KvLayout(100, 100, 128, 16, KvLayout.Type.F32), ArenaFixture.MODEL));
    assertEquals(Reason.NO_SPACE, e.reason());
    assertTrue(e.getMessage().contains("EBB_KV_TOKENS"));
  }

  /** It has no byte on the disk yet, and will have. */
  @Test
  void spaceThatAnotherArenaWillTakeIsNotFree() throws IOException {
    try (RandomAccessFile other = new RandomAccessFile(directory.resolve("other-f16.kv").toFile(), "rw")) {
      other.setLength(directory.toFile().getTotalSpace());
    }
    ArenaException e = assertThrows(ArenaException.class, () -> ArenaFixture.open(directory, 8));
    assertEquals(Reason.NO_SPACE, e.reason());
    assertTrue(e.getMessage().contains("delete arenas (*.kv) of models that are served no more"), e.getMessage());
    Files.delete(directory.resolve("other-f16.kv"));
    ArenaFixture.open(directory, 8).close();
  }

  @Test
  void aFolderThatCannotBeMadeIsRefused() throws IOException {
    Files.writeString(directory.resolve("file"), "");
    ArenaException e = assertThrows(ArenaException.class,
        () -> ArenaFixture.open(directory.resolve("file").resolve("sub"), 8));
    assertEquals(Reason.INPUT_OUTPUT, e.reason());
  }

  @Test
  void aSizeLittleRaisedIsKeptAndALowerOrFarOneMadeAnew() {
    long epoch;
    try (Arena arena = ArenaFixture.open(directory, 100)) {
      epoch = arena.epoch();
    }
    try (Arena arena = ArenaFixture.open(directory, 110)) {
      assertEquals(100, arena.blocks());
      assertEquals(epoch, arena.epoch());
    }
    try (Arena arena = ArenaFixture.open(directory, 90)) {
      assertEquals(90, arena.blocks(), "a device may have no room for more");
    }
    try (Arena arena = ArenaFixture.open(directory, 200); Arena other = ArenaFixture.open(directory, 100)) {
      assertEquals(200, arena.blocks());
      assertNotEquals(epoch, arena.epoch());
      assertEquals(200, other.blocks(), "one in use keeps its size");
    }
  }

  @Test
  void changedMemoryKeepsTheCache() {
    long epoch;
    try (Arena arena = cut(40)) {
      epoch = arena.epoch();
    }
    for (int blocks : new int[] {20, 70, 40}) {
      try (Arena arena = cut(blocks)) {
        assertEquals(epoch, arena.epoch(), "made for 40 blocks, kept with room for " + blocks);
      }
    }
    try (Arena arena = cut(30, 90)) {
      assertEquals(epoch, arena.epoch(), "a lower setting that it keeps to anyway");
    }
    try (Arena arena = cut(30, 35)) {
      assertEquals(30, arena.blocks(), "a setting below its size");
    }
    try (Arena arena = cut(80)) {
      assertEquals(80, arena.blocks(), "twice the room is worth it");
    }
  }

  /** An arena of 100 blocks by the setting, of which the memory allows some. */
  private Arena cut(int blocks) {
    return cut(blocks, 100);
  }

  private Arena cut(int blocks, int wished) {
    ArenaConfig config = new ArenaConfig(directory, "node", blocks * KvLayout.BLOCK_TOKENS,
        wished * KvLayout.BLOCK_TOKENS);
    return Arena.open(config, ArenaFixture.LAYOUT, ArenaFixture.MODEL);
  }

  @Test
  void anInterruptedChangeIsRepaired() throws IOException {
    edit(memory -> {
      memory.set(JAVA_INT, ArenaFormat.AT_CHANGING, 1);
      memory.set(JAVA_INT, ArenaFormat.AT_QUEUE_HEAD, 12345);
      memory.set(JAVA_INT, ArenaFormat.AT_AVAILABLE, -7);
      ArenaFormat format = new ArenaFormat(8, ArenaFixture.LAYOUT.blockBytes());
      for (int i = 0; i < format.buckets(); i++) {
        memory.set(JAVA_INT, format.bucket(i), 4711);
      }
      memory.set(JAVA_INT, format.entry(3), BlockIndex.WRITING);
      memory.set(JAVA_LONG, format.entry(3) + ArenaFormat.ENTRY_HOLDERS, 1L << 5);
      memory.set(JAVA_INT, format.entry(4) + ArenaFormat.ENTRY_LEASES, 3);
    });
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      assertEquals(new BlockCensus(8, 7, 1, 0), ArenaFixture.census(arena));
      assertTrue(ArenaFixture.cached(arena, 1));
    }
  }
}
