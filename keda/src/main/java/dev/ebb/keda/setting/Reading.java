package dev.ebb.keda.setting;

import java.util.List;
import java.util.stream.Collectors;

/** What reading annotations came to. */
public sealed interface Reading {
  /** Settings that can stand. */
  record Valid(Settings settings) implements Reading {}

  /** What is wrong, all of it, in the order of the annotations' keys. */
  record Refused(List<Problem> problems) implements Reading {
    /** Of a status, which the API server takes only up to a size, it is a part twice. */
    private static final int CHARS_MAX = 10_000;

    /** One sentence for all, or for those that come first where there are very many. */
    public String message() {
      String all = problems.stream().map(Problem::sentence).collect(Collectors.joining("; "));
      return all.length() <= CHARS_MAX ? all : all.substring(0, CHARS_MAX) + "...";
    }
  }
}
