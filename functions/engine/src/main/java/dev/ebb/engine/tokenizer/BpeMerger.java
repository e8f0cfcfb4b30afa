package dev.ebb.engine.tokenizer;

import java.util.Arrays;

/**
 * Byte-pair merging of one word at a time: while any neighbours can be merged, merge the pair of
 * lowest rank, leftmost first. Short words by scanning; long ones with a heap over a linked list,
 * so that n symbols take O(n log n). One per encode call, not thread-safe.
 */
final class BpeMerger {
  private static final int SCANNED_MAX = 32;

  private final PairTable ranks;
  private final int[] merged;
  private final LongHeap heap = new LongHeap();
  private int[] symbols = new int[SCANNED_MAX];
  private int[] pairRank = new int[SCANNED_MAX];
  private int[] previous = {};
  private int[] next = {};
  private int size;

  /**
   * @param ranks rank of a pair of ids
   * @param merged id that a rank's merge gives
   */
  BpeMerger(PairTable ranks, int[] merged) {
    this.ranks = ranks;
    this.merged = merged;
  }

  /** Adds a symbol to the word. */
  void add(int symbol) {
    if (size == symbols.length) {
      symbols = Arrays.copyOf(symbols, size * 2);
    }
    symbols[size++] = symbol;
  }

  /** Merges the word, appends its ids and begins a new word. */
  void finish(IntList out) {
    if (size <= SCANNED_MAX) {
      scan(out);
    } else {
      mergeLong(out);
    }
    size = 0;
  }

  private void scan(IntList out) {
    int n = size;
    for (int i = 0; i + 1 < n; i++) {
      pairRank[i] = rank(symbols[i], symbols[i + 1]);
    }
    while (n > 1) {
      int best = 0;
      for (int i = 1; i < n - 1; i++) {
        if (pairRank[i] < pairRank[best]) {
          best = i;
        }
      }
      if (pairRank[best] == Integer.MAX_VALUE) {
        break;
      }
      symbols[best] = merged[pairRank[best]];
      n--;
      System.arraycopy(symbols, best + 2, symbols, best + 1, n - best - 1);
      System.arraycopy(pairRank, best + 1, pairRank, best, n - best - 1);
      if (best > 0) {
        pairRank[best - 1] = rank(symbols[best - 1], symbols[best]);
      }
      if (best + 1 < n) {
        pairRank[best] = rank(symbols[best], symbols[best + 1]);
      }
    }
    for (int i = 0; i < n; i++) {
      out.add(symbols[i]);
    }
  }

  private void mergeLong(IntList out) {
    link();
    for (int i = 0; i + 1 < size; i++) {
      offer(i);
    }
    while (!heap.isEmpty()) {
      long least = heap.removeLeast();
      int at = (int) least;
      // An entry is stale when the pair at its place has changed since; the change queued another.
      if (pairRank[at] == (int) (least >>> 32)) {
        mergeAt(at);
      }
    }
    for (int i = 0; i >= 0; i = next[i]) {
      out.add(symbols[i]);
    }
  }

  private void link() {
    if (next.length < size) {
      previous = new int[symbols.length];
      next = new int[symbols.length];
    }
    if (pairRank.length < size) {
      pairRank = new int[symbols.length];
    }
    for (int i = 0; i < size; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < size ? i + 1 : -1;
    }
    pairRank[size - 1] = Integer.MAX_VALUE;
  }

  private void mergeAt(int at) {
    int gone = next[at];
    symbols[at] = merged[pairRank[at]];
    pairRank[gone] = Integer.MAX_VALUE;
    next[at] = next[gone];
    if (next[at] >= 0) {
      previous[next[at]] = at;
    }
    offer(at);
    if (previous[at] >= 0) {
      offer(previous[at]);
    }
  }

  private void offer(int at) {
    int rank = next[at] < 0 ? Integer.MAX_VALUE : rank(symbols[at], symbols[next[at]]);
    pairRank[at] = rank;
    if (rank != Integer.MAX_VALUE) {
      heap.add((long) rank << 32 | at);
    }
  }

  private int rank(int left, int right) {
    int rank = ranks.get(left, right);
    return rank < 0 ? Integer.MAX_VALUE : rank;
  }
}
