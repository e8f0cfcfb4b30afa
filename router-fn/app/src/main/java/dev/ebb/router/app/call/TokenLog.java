package dev.ebb.router.app.call;

import java.util.Arrays;

/** Collects the tokens of a stream's first answer, to know later what its function holds. */
final class TokenLog {
  private int[] ids = new int[64];
  private int size;

  void add(int choice, int[] newIds) {
    if (choice != 0) {
      return;
    }
    if (size + newIds.length > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + newIds.length));
    }
    System.arraycopy(newIds, 0, ids, size, newIds.length);
    size += newIds.length;
  }

  int[] first() {
    return Arrays.copyOf(ids, size);
  }
}
