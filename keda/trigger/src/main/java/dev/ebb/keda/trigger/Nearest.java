package dev.ebb.keda.trigger;

import java.util.Collection;
import java.util.Comparator;

/** Finds the word that was probably meant. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known word with the fewest edits (insert, delete, replace) to {@code word}; the first in order among equals.
   *
   * @throws java.util.NoSuchElementException where no word is known
   */
  public static String of(String word, Collection<String> known) {
    return known.stream().sorted().min(Comparator.comparingInt(candidate -> edits(word, candidate))).orElseThrow();
  }

  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
