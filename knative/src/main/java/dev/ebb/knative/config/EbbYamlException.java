package dev.ebb.knative.config;

import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be used, with everything that is wrong in it. */
public final class EbbYamlException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  EbbYamlException(String file, List<Problem> problems) {
    super(problems.stream().map(problem -> file + ":" + problem).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** By their place in the file. */
  public List<Problem> problems() {
    return problems;
  }
}
