package dev.ebb.engine.tokenizer;

import java.util.Arrays;

/** A binary heap of longs, least first. */
final class LongHeap {
  private long[] items = new long[64];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
  }

  void add(long item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    int at = size++;
    while (at > 0 && items[(at - 1) >>> 1] > item) {
      items[at] = items[(at - 1) >>> 1];
      at = (at - 1) >>> 1;
    }
    items[at] = item;
  }

  long removeLeast() {
    long least = items[0];
    long last = items[--size];
    int at = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && items[child + 1] < items[child]) {
        child++;
      }
      if (items[child] >= last) {
        break;
      }
      items[at] = items[child];
      at = child;
      child = 2 * at + 1;
    }
    items[at] = last;
    return least;
  }
}
