package dev.ebb.router.template;

/**
 * What a name, attribute or item is that does not exist: false, empty and printed as nothing, and an
 * error as soon as anything is computed from it.
 *
 * @param problem what was looked for, for the error
 */
record Undefined(String problem) {
  private static final int PROBLEM_MAX = 500;

  /** A problem may quote a long text of the template, which it is not to keep. */
  Undefined {
    problem = problem.length() > PROBLEM_MAX ? problem.substring(0, PROBLEM_MAX) + "..." : problem;
  }

  TemplateException error() {
    return new TemplateException(problem);
  }
}
