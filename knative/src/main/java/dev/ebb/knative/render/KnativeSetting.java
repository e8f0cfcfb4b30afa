package dev.ebb.knative.render;

/**
 * A setting that Knative Serving must have beyond its defaults.
 *
 * @param configMap in Serving's namespace
 * @param atLeast whether a greater number will do as well
 * @param otherwise what happens without it
 * @param needed whether an installation is broken without it, or only lacks something
 */
public record KnativeSetting(String configMap, String key, String value, boolean atLeast, String otherwise,
    boolean needed) {

  static final String FEATURES = "config-features";

  /** Whether a value, null for none, will do. */
  public boolean isMetBy(String found) {
    if (found == null) {
      return false;
    }
    return atLeast ? found.matches("[0-9]{1,9}") && Integer.parseInt(found) >= Integer.parseInt(value)
        : found.equalsIgnoreCase(value);
  }

  /** As a sentence of {@code ebb render} has it; quoted where YAML would take the value for no text. */
  String sentence() {
    String shown = value.matches("[0-9]+|true|false") ? "\"" + value + "\"" : value;
    return "needs " + configMap + " " + key + ": " + shown + ", or " + (atLeast ? "more" : otherwise);
  }
}
