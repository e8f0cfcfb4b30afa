package dev.ebb.router.place;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Block hashes that one function computed or mapped lately, so that a prompt with the same beginning is known to
 * be cheap there. It is a guess: the function may have evicted a block, and then it computes it again. Bounded:
 * the hashes used longest ago are forgotten first. Thread-safe.
 */
public final class SeenPrefixes {
  private final Map<Object, Boolean> hashes;

  /**
   * @param capacity hashes kept at most
   */
  public SeenPrefixes(int capacity) {
    hashes =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Object, Boolean> eldest) {
            return size() > capacity;
          }
        };
  }

  /**
   * How many blocks of a chain, from its beginning, were seen.
   *
   * @param chain block hashes in order, each covering all before it
   */
  public synchronized int longestPrefix(List<?> chain) {
    int blocks = 0;
    while (blocks < chain.size() && hashes.get(chain.get(blocks)) != null) {
      blocks++;
    }
    return blocks;
  }

  /** Remembers a chain; its beginning last, since without it the rest is of no use. */
  public synchronized void remember(List<?> chain) {
    for (int block = chain.size() - 1; block >= 0; block--) {
      hashes.put(chain.get(block), Boolean.TRUE);
    }
  }

  /** Forgets all, as when the function ended. */
  public synchronized void forget() {
    hashes.clear();
  }

  /** Hashes kept now. */
  public synchronized int size() {
    return hashes.size();
  }
}
