package dev.ebb.engine.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** BPE as the definition says it, a merge at a time over strings: slow, and easily seen to be right. */
final class NaiveBpe {
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<String, Integer> ranks = new HashMap<>();

  NaiveBpe(TokenizerSpec spec) {
    spec.tokens().forEach(token -> ids.put(token, ids.size()));
    spec.merges().forEach(merge -> ranks.putIfAbsent(merge, ranks.size()));
  }

  /** Ids of one word of ASCII letters. */
  int[] encode(String word) {
    List<String> symbols = new ArrayList<>(List.of(word.split("")));
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < symbols.size(); i++) {
        int rank = ranks.getOrDefault(symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return symbols.stream().mapToInt(ids::get).toArray();
      }
      symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
    }
  }
}
