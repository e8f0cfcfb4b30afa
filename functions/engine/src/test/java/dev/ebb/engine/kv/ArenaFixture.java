package dev.ebb.engine.kv;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What the arena tests and the processes they start agree on: a layout with blocks of 16 KiB, and blocks
 * whose content follows from the key under which they are published.
 */
final class ArenaFixture {
  static final KvLayout LAYOUT = new KvLayout(2, 2, 32, KvLayout.BLOCK_TOKENS, KvLayout.Type.F32);
  static final String MODEL = "fedcba9876543210fedcba9876543210";

  private ArenaFixture() {}

  static ArenaConfig config(Path directory, int blocks) {
    return new ArenaConfig(directory, "node", blocks * KvLayout.BLOCK_TOKENS);
  }

  static Arena open(Path directory, int blocks) {
    return Arena.open(config(directory, blocks), LAYOUT, MODEL);
  }

  static BlockHash hash(int key) {
    int[] tokens = new int[KvLayout.BLOCK_TOKENS];
    Arrays.fill(tokens, key);
    return BlockHash.chain(tokens, MODEL, "").getFirst();
  }

  /** Fills a block word by word, as a backend would: not in one go. */
  static void fill(Arena arena, int block, int key) {
    MemorySegment memory = content(arena, block);
    for (long at = 0; at < memory.byteSize(); at += 4) {
      memory.set(JAVA_INT, at, key);
    }
  }

  /** Whether every word of a block is the key's. */
  static boolean intact(Arena arena, int block, int key) {
    MemorySegment memory = content(arena, block);
    for (long at = 0; at < memory.byteSize(); at += 4) {
      if (memory.get(JAVA_INT, at) != key) {
        return false;
      }
    }
    return true;
  }

  private static MemorySegment content(Arena arena, int block) {
    return arena.blockMemory().asSlice(block * LAYOUT.blockBytes(), LAYOUT.blockBytes());
  }

  /** Computes and publishes the block of a key, which this process then holds. */
  static int write(Arena arena, int key) {
    int block;
    try (Arena.Scope scope = arena.scope()) {
      block = arena.allocate(1)[0];
    }
    fill(arena, block, key);
    try (Arena.Scope scope = arena.scope()) {
      arena.publish(block, hash(key));
    }
    return block;
  }

  static void release(Arena arena, int... blocks) {
    try (Arena.Scope scope = arena.scope()) {
      arena.release(blocks);
    }
  }

  /** Whether a key's block is found; a found one is released again. */
  static boolean cached(Arena arena, int key) {
    try (Arena.Scope scope = arena.scope()) {
      PrefixMatch match = arena.acquirePrefix(List.of(hash(key)), 1);
      arena.release(match.blocks());
      return match.blocks().length == 1;
    }
  }

  static BlockCensus census(Arena arena) {
    try (Arena.Scope scope = arena.scope()) {
      arena.checkIntegrity();
      return arena.census();
    }
  }
}
