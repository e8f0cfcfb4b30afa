package dev.ebb.knative.preflight;

/**
 * What a check of a cluster found.
 *
 * @param mend a command that mends it, or what to do; empty when all is well
 */
public record Finding(Grade grade, String subject, String text, String mend) {

  /** How bad it is. */
  public enum Grade {
    OK,
    /** Works, but something will be missing. */
    WARNING,
    /** Ebb cannot serve like this; nothing is applied. */
    ERROR
  }

  static Finding ok(String subject, String text) {
    return new Finding(Grade.OK, subject, text, "");
  }

  static Finding warning(String subject, String text, String mend) {
    return new Finding(Grade.WARNING, subject, text, mend);
  }

  static Finding error(String subject, String text, String mend) {
    return new Finding(Grade.ERROR, subject, text, mend);
  }

  /** One line. */
  @Override
  public String toString() {
    String line = String.format("%-7s  %-20s %s", grade.name().toLowerCase(java.util.Locale.ROOT), subject, text);
    return mend.isEmpty() ? line : line + "; mend: " + mend;
  }
}
