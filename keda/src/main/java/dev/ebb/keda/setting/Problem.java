package dev.ebb.keda.setting;

/**
 * One thing wrong with the settings.
 *
 * @param annotation the annotation's full key
 * @param path where in its value, for example {@code [0].threshold}; empty for the value as a whole
 * @param value what was given, empty where the mend already quotes it
 * @param mend what is wrong with it and what to give instead
 */
public record Problem(String annotation, String path, String value, String mend) {
  static Problem of(String annotation, String value, String mend) {
    return new Problem(annotation, "", value, mend);
  }

  /** A sentence for conditions and events. */
  public String sentence() {
    return annotation + path + (value.isEmpty() ? "" : " '" + value + "'") + ": " + mend;
  }
}
