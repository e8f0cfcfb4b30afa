package dev.ebb.router.app.platform;

/** What is known of a function in the middle of whose answer the connection broke. */
public enum Loss {
  /** Nobody took it away, so it ended by itself. */
  CRASHED,
  /** It was stopped or deleted from outside, as by a preemption or a scale-in. */
  TAKEN,
  /** Nobody can tell. */
  UNKNOWN
}
