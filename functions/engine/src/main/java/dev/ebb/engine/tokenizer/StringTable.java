package dev.ebb.engine.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * Token strings to ids, by open addressing; built once from a list and looked up by any range of
 * characters, so that trying a substring allocates nothing.
 */
final class StringTable {
  private final List<String> strings;
  private final int[] slots;
  private int longest;

  /**
   * @param strings by id; where one occurs twice the last id wins
   * @param included which ids can be found
   */
  StringTable(List<String> strings, boolean[] included) {
    this.strings = strings;
    this.slots = new int[Integer.highestOneBit(Math.max(8, strings.size()) * 2 - 1) * 2];
    Arrays.fill(slots, -1);
    for (int id = 0; id < included.length; id++) {
      if (included[id]) {
        put(strings.get(id), id);
      }
    }
  }

  private void put(String string, int id) {
    longest = Math.max(longest, string.length());
    int at = slot(string.hashCode());
    while (slots[at] >= 0 && !strings.get(slots[at]).equals(string)) {
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = id;
  }

  /** Id of a string, or -1. */
  int find(String string) {
    int at = slot(string.hashCode());
    while (slots[at] >= 0) {
      if (strings.get(slots[at]).equals(string)) {
        return slots[at];
      }
      at = (at + 1) & (slots.length - 1);
    }
    return -1;
  }

  /** Id of {@code text[from, to)}, or -1. */
  int find(String text, int from, int to) {
    if (to - from > longest) {
      return -1;
    }
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + text.charAt(i);
    }
    int at = slot(hash);
    while (slots[at] >= 0) {
      String candidate = strings.get(slots[at]);
      if (candidate.length() == to - from && candidate.regionMatches(0, text, from, to - from)) {
        return slots[at];
      }
      at = (at + 1) & (slots.length - 1);
    }
    return -1;
  }

  private int slot(int hash) {
    int mixed = hash * 0x9e3779b9;
    return (mixed ^ mixed >>> 15) & (slots.length - 1);
  }
}
