package dev.ebb.cli.term;

import java.io.PrintStream;

/**
 * Which standard streams are terminals. The launcher finds out with {@code test -t}, since Java can only tell for
 * standard input and output together.
 */
public record Terminal(boolean in, boolean out, boolean err, int columns, PrintStream stdout, PrintStream stderr) {
  private static final int COLUMNS_DEFAULT = 80;

  /** The streams of this process. */
  public static Terminal system() {
    String kinds = System.getProperty("ebb.tty", "");
    return new Terminal(
        kinds.contains("0"), kinds.contains("1"), kinds.contains("2"), columnsSet(), System.out, System.err);
  }

  /** No terminal anywhere: files, pipes and tests. */
  public static Terminal none(PrintStream stdout, PrintStream stderr) {
    return new Terminal(false, false, false, COLUMNS_DEFAULT, stdout, stderr);
  }

  private static int columnsSet() {
    int columns = Integer.getInteger("ebb.columns", COLUMNS_DEFAULT);
    return columns > 0 ? columns : COLUMNS_DEFAULT;
  }
}
