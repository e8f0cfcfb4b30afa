package dev.ebb.cli.doctor;

/**
 * What a check found.
 *
 * @param mend what to do about it; empty when all is well
 */
public record Finding(Grade grade, String subject, String text, String mend) {

  /** How bad it is. */
  public enum Grade {
    OK,
    /** Works, but not as well as it could. */
    WARNING,
    /** Ebb cannot serve like this. */
    BROKEN
  }

  static Finding ok(String subject, String text) {
    return new Finding(Grade.OK, subject, text, "");
  }

  static Finding warning(String subject, String text, String mend) {
    return new Finding(Grade.WARNING, subject, text, mend);
  }

  static Finding broken(String subject, String text, String mend) {
    return new Finding(Grade.BROKEN, subject, text, mend);
  }
}
