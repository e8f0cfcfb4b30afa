package dev.ebb.knative.config;

/**
 * One thing that is wrong in an {@code ebb.yaml}.
 *
 * @param path where in the structure, for example {@code models[0].decode.gpus}; empty for the file as a whole
 * @param line from 1
 * @param column from 1
 * @param what is wrong
 * @param mend what to do about it
 */
public record Problem(String path, int line, int column, String what, String mend) {

  /** As a compiler writes it, behind the name of the file. */
  @Override
  public String toString() {
    return line + ":" + column + ": " + (path.isEmpty() ? "the file" : path) + " " + what + "; " + mend;
  }
}
