package dev.ebb.engine.sequence;

import dev.ebb.engine.kv.KvLayout;
import java.util.Arrays;

/**
 * Which physical block holds which tokens of a sequence: entry {@code i} holds positions {@code [16 i,
 * 16 i + 16)}. The first {@link #published()} entries are visible by hash or need not become so.
 */
public final class BlockTable {
  private int[] blocks = new int[4];
  private int size;
  private int published;

  /** Blocks that {@code tokens} tokens need. */
  public static int blocksFor(int tokens) {
    return (tokens + KvLayout.BLOCK_TOKENS - 1) / KvLayout.BLOCK_TOKENS;
  }

  public int size() {
    return size;
  }

  /** Physical id of logical block {@code index}. */
  public int block(int index) {
    return blocks[index];
  }

  /** Physical slot of a position: {@code block * 16 + offset}. */
  public int slot(int position) {
    return blocks[position / KvLayout.BLOCK_TOKENS] * KvLayout.BLOCK_TOKENS + position % KvLayout.BLOCK_TOKENS;
  }

  public int published() {
    return published;
  }

  public void published(int count) {
    published = count;
  }

  public void append(int... more) {
    if (size + more.length > blocks.length) {
      blocks = Arrays.copyOf(blocks, Math.max(size + more.length, 2 * blocks.length));
    }
    System.arraycopy(more, 0, blocks, size, more.length);
    size += more.length;
  }

  /** The physical ids in sequence order. */
  public int[] toArray() {
    return Arrays.copyOf(blocks, size);
  }

  /** Empties the table and gives what was in it. */
  public int[] clear() {
    int[] all = toArray();
    size = 0;
    published = 0;
    return all;
  }
}
