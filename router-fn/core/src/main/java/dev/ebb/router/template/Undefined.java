package dev.ebb.router.template;

/**
 * What a name, attribute or item is that does not exist: false, empty and printed as nothing, and an
 * error as soon as anything is computed from it.
 *
 * @param problem what was looked for, for the error
 */
record Undefined(String problem) {

  TemplateException error() {
    return new TemplateException(problem);
  }
}
