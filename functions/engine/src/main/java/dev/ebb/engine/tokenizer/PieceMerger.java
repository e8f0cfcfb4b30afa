package dev.ebb.engine.tokenizer;

/** The merging of one text by scores, over a linked list of its characters; O(n log n). */
final class PieceMerger {
  private final StringTable vocabulary;
  private final float[] scores;
  private final String text;
  private final int[] start;
  private final int[] end;
  private final int[] previous;
  private final int[] next;

  /** Priority of the pair that begins at each symbol, or {@link #NONE}. */
  private final int[] pairOrder;

  private static final int NONE = Integer.MAX_VALUE;

  private final LongHeap heap = new LongHeap();

  /** Receives the final pieces, in order. */
  interface Pieces {
    void piece(int from, int to);
  }

  PieceMerger(StringTable vocabulary, float[] scores, String text) {
    this.vocabulary = vocabulary;
    this.scores = scores;
    this.text = text;
    int n = text.codePointCount(0, text.length());
    start = new int[n];
    end = new int[n];
    previous = new int[n];
    next = new int[n];
    pairOrder = new int[n];
    int at = 0;
    for (int i = 0; i < n; i++) {
      start[i] = at;
      at = text.offsetByCodePoints(at, 1);
      end[i] = at;
      previous[i] = i - 1;
      next[i] = i + 1 < n ? i + 1 : -1;
    }
  }

  void merge(Pieces out) {
    for (int i = 0; i < start.length; i++) {
      offer(i);
    }
    while (!heap.isEmpty()) {
      long least = heap.removeLeast();
      int at = (int) least;
      // An entry is stale when the pair at its place has changed since; the change queued another.
      if (pairOrder[at] == (int) (least >> 32)) {
        mergeAt(at);
      }
    }
    for (int i = start.length == 0 ? -1 : 0; i >= 0; i = next[i]) {
      out.piece(start[i], end[i]);
    }
  }

  private void mergeAt(int at) {
    int gone = next[at];
    end[at] = end[gone];
    pairOrder[gone] = NONE;
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
    int id = next[at] < 0 ? -1 : vocabulary.find(text, start[at], end[next[at]]);
    pairOrder[at] = id < 0 ? NONE : order(scores[id]);
    if (id >= 0) {
      heap.add((long) pairOrder[at] << 32 | at);
    }
  }

  /** An int that sorts higher scores first: the usual mapping of float bits to ordered ints. */
  private static int order(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    int ascending = bits ^ (bits >> 31 & 0x7fffffff);
    return Math.min(~ascending, NONE - 1);
  }
}
