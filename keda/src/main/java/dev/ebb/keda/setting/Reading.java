package dev.ebb.keda.setting;

import java.util.List;
import java.util.stream.Collectors;

/** What reading annotations came to. */
public sealed interface Reading {
  /** Settings that can stand. */
  record Valid(Settings settings) implements Reading {}

  /** What is wrong, all of it, in the order of the annotations' keys. */
  record Refused(List<Problem> problems) implements Reading {
    /** One sentence for all. */
    public String message() {
      return problems.stream().map(Problem::sentence).collect(Collectors.joining("; "));
    }
  }
}
