package dev.ebb.router.function;

import java.util.Locale;

/** The two parts of a generation, each a function of its own. */
public enum Phase {
  PREFILL,
  DECODE;

  /** Lower-case name, used as folder name, metric label and in logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
