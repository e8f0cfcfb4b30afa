package dev.ebb.engine.tokenizer;

import java.util.Arrays;

/** Pairs of non-negative ints to a non-negative int, by open addressing. */
final class PairTable {
  private static final long FREE = -1;

  private final long[] keys;
  private final int[] values;

  /** A table for at most {@code entries} pairs. */
  PairTable(int entries) {
    int capacity = Integer.highestOneBit(Math.max(8, entries + entries / 3) * 2 - 1);
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(keys, FREE);
  }

  /** Puts a value unless the pair has one already. */
  void putIfAbsent(int left, int right, int value) {
    int at = find(key(left, right));
    if (keys[at] == FREE) {
      keys[at] = key(left, right);
      values[at] = value;
    }
  }

  /** The pair's value, or -1. */
  int get(int left, int right) {
    int at = find(key(left, right));
    return keys[at] == FREE ? -1 : values[at];
  }

  private int find(long key) {
    long mixed = key * 0x9e3779b97f4a7c15L;
    int at = (int) (mixed >>> 32) & (keys.length - 1);
    while (keys[at] != FREE && keys[at] != key) {
      at = (at + 1) & (keys.length - 1);
    }
    return at;
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }
}
