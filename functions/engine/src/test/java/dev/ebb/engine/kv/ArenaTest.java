package dev.ebb.engine.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArenaTest {
  @TempDir private Path directory;

  @Test
  void whatOneWritesTheOtherFinds() {
    try (Arena writer = ArenaFixture.open(directory, 8); Arena reader = ArenaFixture.open(directory, 8)) {
      int block = ArenaFixture.write(writer, 7);
      try (Arena.Scope scope = reader.scope()) {
        PrefixMatch match = reader.acquirePrefix(List.of(ArenaFixture.hash(7), ArenaFixture.hash(8)), 2);
        assertArrayEquals(new int[] {block}, match.blocks());
        assertEquals(0, match.localBlocks());
        reader.release(match.blocks());
      }
      try (Arena.Scope scope = writer.scope()) {
        assertEquals(1, writer.acquirePrefix(List.of(ArenaFixture.hash(7)), 1).localBlocks());
      }
      assertEquals(writer.epoch(), reader.epoch());
      assertEquals("kv://node/arena/fedcba9876543210-f32.kv", reader.uri());
    }
  }

  @Test
  void anUnpublishedBlockIsNotFound() {
    try (Arena arena = ArenaFixture.open(directory, 8)) {
      int[] block;
      try (Arena.Scope scope = arena.scope()) {
        block = arena.allocate(1);
      }
      assertFalse(ArenaFixture.cached(arena, 1));
      ArenaFixture.release(arena, block);
      assertEquals(new BlockCensus(8, 8, 0, 0), ArenaFixture.census(arena));
    }
  }

  @Test
  void cachedBlocksAreEvictedInTheOrderOfTheirLastUse() {
    try (Arena arena = ArenaFixture.open(directory, 4)) {
      for (int key = 0; key < 4; key++) {
        ArenaFixture.release(arena, ArenaFixture.write(arena, key));
      }
      assertTrue(ArenaFixture.cached(arena, 0), "a look is a use");
      assertEquals(new BlockCensus(4, 0, 4, 0), ArenaFixture.census(arena));
      int first = ArenaFixture.write(arena, 10);
      int second = ArenaFixture.write(arena, 11);
      assertFalse(ArenaFixture.cached(arena, 1));
      assertFalse(ArenaFixture.cached(arena, 2));
      assertTrue(ArenaFixture.cached(arena, 3));
      assertTrue(ArenaFixture.cached(arena, 0));
      ArenaFixture.release(arena, first, second);
    }
  }

  @Test
  void theEndOfASequenceIsEvictedBeforeItsStart() {
    try (Arena arena = ArenaFixture.open(directory, 3)) {
      int[] sequence = {ArenaFixture.write(arena, 0), ArenaFixture.write(arena, 1), ArenaFixture.write(arena, 2)};
      ArenaFixture.release(arena, sequence);
      ArenaFixture.release(arena, ArenaFixture.write(arena, 9));
      assertTrue(ArenaFixture.cached(arena, 0));
      assertTrue(ArenaFixture.cached(arena, 1));
      assertFalse(ArenaFixture.cached(arena, 2));
    }
  }

  @Test
  void heldBlocksAreNeverTaken() {
    try (Arena one = ArenaFixture.open(directory, 2); Arena other = ArenaFixture.open(directory, 2)) {
      ArenaFixture.write(one, 1);
      ArenaFixture.write(one, 2);
      try (Arena.Scope scope = other.scope()) {
        assertEquals(0, other.available());
        assertThrows(IllegalStateException.class, () -> other.allocate(1));
      }
      assertEquals(1.0, other.usage());
    }
  }

  @Test
  void aLeaseIsClaimedOnceAndKeepsItsBlocks() {
    try (Arena prefill = ArenaFixture.open(directory, 4); Arena decode = ArenaFixture.open(directory, 4)) {
      int full = ArenaFixture.write(prefill, 1);
      int[] blocks = {full, allocate(prefill)};
      long lease = lease(prefill, blocks, Long.MAX_VALUE).orElseThrow();
      ArenaFixture.release(prefill, blocks);
      assertEquals(2, ArenaFixture.census(prefill).held());
      assertFalse(claim(decode, lease, new int[] {full}), "other blocks than the lease's");
      assertFalse(claim(decode, lease + ArenaFormat.LEASES, blocks), "a lease that never was");
      assertTrue(claim(decode, lease, blocks));
      assertFalse(claim(decode, lease, blocks), "a second time");
      assertEquals(2, decode.heldHere());
      ArenaFixture.release(decode, blocks);
      assertEquals(new BlockCensus(4, 3, 1, 0), ArenaFixture.census(decode));
    }
  }

  @Test
  void anExpiredLeaseIsReclaimed() {
    AtomicLong now = new AtomicLong(1000);
    try (Arena arena = Arena.open(ArenaFixture.config(directory, 4), ArenaFixture.LAYOUT, ArenaFixture.MODEL,
        () -> Instant.ofEpochMilli(now.get()))) {
      int[] blocks = {ArenaFixture.write(arena, 1), allocate(arena)};
      long lease = lease(arena, blocks, 2000).orElseThrow();
      ArenaFixture.release(arena, blocks);
      assertEquals(2, available(arena));
      now.set(2000);
      assertFalse(claim(arena, lease, blocks));
      assertEquals(4, available(arena));
      assertEquals(new BlockCensus(4, 3, 1, 0), ArenaFixture.census(arena));
    }
  }

  /** An hour back, and the expiry would be an hour and a second away. */
  @Test
  void aClockThatIsSetBackEndsLeases() {
    AtomicLong now = new AtomicLong(7_200_000);
    try (Arena arena = Arena.open(ArenaFixture.config(directory, 4), ArenaFixture.LAYOUT, ArenaFixture.MODEL,
        () -> Instant.ofEpochMilli(now.get()))) {
      int[] blocks = {ArenaFixture.write(arena, 1), allocate(arena)};
      long lease = lease(arena, blocks, now.get() + 1000).orElseThrow();
      ArenaFixture.release(arena, blocks);
      now.addAndGet(-3_600_000);
      assertFalse(claim(arena, lease, blocks));
      assertEquals(4, available(arena), "looked for although no lease was to expire yet");
      int[] later = {allocate(arena)};
      long granted = lease(arena, later, now.get() + 1000).orElseThrow();
      now.addAndGet(500);
      assertTrue(claim(arena, granted, later), "the new time is as good as the old one");
    }
  }

  @Test
  void leasesOfOneBlockAreCounted() {
    try (Arena arena = ArenaFixture.open(directory, 2)) {
      int[] blocks = {ArenaFixture.write(arena, 1)};
      long one = lease(arena, blocks, Long.MAX_VALUE).orElseThrow();
      long two = lease(arena, blocks, Long.MAX_VALUE).orElseThrow();
      ArenaFixture.release(arena, blocks);
      assertTrue(claim(arena, one, blocks));
      ArenaFixture.release(arena, blocks);
      assertEquals(1, ArenaFixture.census(arena).held());
      assertTrue(claim(arena, two, blocks));
    }
  }

  @Test
  void leasesRunOutWithoutAnError() {
    try (Arena arena = ArenaFixture.open(directory, 2)) {
      int[] blocks = {allocate(arena)};
      for (int i = 0; i < ArenaFormat.LEASES; i++) {
        assertTrue(lease(arena, blocks, Long.MAX_VALUE).isPresent());
      }
      assertTrue(lease(arena, blocks, Long.MAX_VALUE).isEmpty());
    }
  }

  @Test
  void blocksOutliveTheirWriterAsACache() {
    long epoch;
    try (Arena arena = ArenaFixture.open(directory, 4)) {
      ArenaFixture.write(arena, 1);
      allocate(arena);
      epoch = arena.epoch();
    }
    try (Arena arena = ArenaFixture.open(directory, 4)) {
      assertEquals(epoch, arena.epoch());
      assertEquals(new BlockCensus(4, 3, 1, 0), ArenaFixture.census(arena));
      assertTrue(ArenaFixture.cached(arena, 1));
    }
  }

  @Test
  void aDuplicateStaysPrivate() {
    try (Arena arena = ArenaFixture.open(directory, 4)) {
      int first = ArenaFixture.write(arena, 1);
      int second = ArenaFixture.write(arena, 1);
      assertNotEquals(first, second);
      ArenaFixture.release(arena, first, second);
      assertEquals(new BlockCensus(4, 3, 1, 0), ArenaFixture.census(arena));
    }
  }

  @Test
  void anEditionEndsWithTheBlocksContent() {
    try (Arena writer = ArenaFixture.open(directory, 2); Arena reader = ArenaFixture.open(directory, 2)) {
      int block = ArenaFixture.write(writer, 1);
      long edition = writer.edition(block);
      assertThrows(IllegalStateException.class, () -> reader.edition(block), "not held: it may change");
      long lease = lease(writer, new int[] {block}, Long.MAX_VALUE).orElseThrow();
      ArenaFixture.release(writer, block);
      assertTrue(claim(reader, lease, new int[] {block}));
      assertEquals(edition, reader.edition(block), "handed over as it is");
      ArenaFixture.release(reader, block);
      int other = ArenaFixture.write(reader, 2);
      ArenaFixture.release(reader, other);
      ArenaFixture.release(reader, ArenaFixture.write(reader, 3));
      ArenaFixture.write(writer, 4);
      assertEquals(4, editions(reader), "one for each time that a block went to a writer");
    }
  }

  @Test
  void aFreedBlockComesBackUnderAnotherEdition() {
    try (Arena arena = ArenaFixture.open(directory, 1)) {
      long before = 0;
      for (int i = 0; i < 3; i++) {
        int block = allocate(arena);
        assertTrue(arena.edition(block) > before);
        before = arena.edition(block);
        ArenaFixture.release(arena, block);
      }
    }
  }

  @Test
  void indexUseNeedsAScope() {
    try (Arena arena = ArenaFixture.open(directory, 4)) {
      assertThrows(IllegalStateException.class, arena::available);
    }
  }

  /** Of all blocks together, which are all cached. */
  private static long editions(Arena arena) {
    long sum = 0;
    for (int key = 1; key <= 4; key++) {
      try (Arena.Scope scope = arena.scope()) {
        int[] found = arena.acquirePrefix(List.of(ArenaFixture.hash(key)), 1).blocks();
        sum += found.length == 0 ? 0 : arena.edition(found[0]);
        arena.release(found);
      }
    }
    return sum;
  }

  private static int allocate(Arena arena) {
    try (Arena.Scope scope = arena.scope()) {
      return arena.allocate(1)[0];
    }
  }

  private static int available(Arena arena) {
    try (Arena.Scope scope = arena.scope()) {
      return arena.available();
    }
  }

  private static OptionalLong lease(Arena arena, int[] blocks, long expiresAtMs) {
    try (Arena.Scope scope = arena.scope()) {
      return arena.lease(blocks, expiresAtMs);
    }
  }

  private static boolean claim(Arena arena, long lease, int[] blocks) {
    try (Arena.Scope scope = arena.scope()) {
      return arena.claim(lease, blocks);
    }
  }
}
