package dev.ebb.cli;

import java.io.PrintStream;
import java.util.function.Consumer;

/** Prints an answer piece by piece, and remembers whether its last line is still open. */
final class AnswerText implements Consumer<String> {
  private final PrintStream out;
  private boolean lineIsOpen;

  AnswerText(PrintStream out) {
    this.out = out;
  }

  @Override
  public void accept(String piece) {
    out.print(piece);
    out.flush();
    lineIsOpen = piece.isEmpty() ? lineIsOpen : !piece.endsWith("\n");
  }

  /** Ends a line that was begun, so that what follows does not stick to it. */
  void endLine() {
    if (lineIsOpen) {
      out.println();
      lineIsOpen = false;
    }
  }
}
