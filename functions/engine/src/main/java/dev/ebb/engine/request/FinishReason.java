package dev.ebb.engine.request;

/** Why an answer ended; names as vLLM's {@code finished_reason} label. */
public enum FinishReason {
  STOP,
  LENGTH,
  ABORT,
  ERROR;

  /** Lower-case name used on the wire and in metrics. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
