package dev.ebb.knative.word;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word that was probably meant. */
public final class Nearest {
  private Nearest() {}

  /** The word with the fewest edits, if at most half of its letters (and always two) would change. */
  public static Optional<String> of(String word, Collection<String> known) {
    return known.stream().sorted()
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)))
        .filter(candidate -> edits(word, candidate) <= Math.max(2, candidate.length() / 2));
  }

  /** How a message goes on behind an unknown word. */
  public static String hint(String word, Collection<String> known) {
    String all = known.isEmpty() ? "there are none" : "known are " + String.join(", ", known);
    return of(word, known).map(nearest -> "did you mean " + nearest + "?").orElse(all);
  }

  /** Letters to insert, delete, replace or swap with their neighbour: Damerau's and Levenshtein's distance. */
  private static int edits(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(cost, from, to, i, j);
      }
    }
    return cost[from.length()][to.length()];
  }

  private static int cheapest(int[][] cost, String from, String to, int i, int j) {
    int replaced = cost[i - 1][j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
    int least = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
    boolean swapped = i > 1 && j > 1
        && from.charAt(i - 1) == to.charAt(j - 2) && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
